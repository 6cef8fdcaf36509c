package dev.postern.gatewayapi.resolve.hop;

/// A value and the field that holds it.
///
/// @param field path such as `spec.tls`
public record Said<T>(String field, T value) {}
