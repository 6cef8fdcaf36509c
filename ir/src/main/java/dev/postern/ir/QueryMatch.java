package dev.postern.ir;

/// A query parameter that must be there; of several with one name the first counts.
///
/// @param name exact, case counts
public record QueryMatch(String name, ValueMatch value) {}
