package dev.postern.gatewayapi.resolve;

/// Why something is not as it should be.
///
/// @param reason a condition's reason, from the specification
/// @param message what is wrong and what to do
public record Refusal(String reason, String message) {}
