package dev.postern.ir;

/// A header that must be there; several fields of one name are compared as one, joined by `,`.
///
/// @param name lower case
public record HeaderMatch(String name, ValueMatch value) {}
