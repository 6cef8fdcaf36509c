package dev.postern.gatewayapi.resource;

import java.util.Optional;

/// A route's reference to what it attaches to, with group and kind defaulted to Gateway.
///
/// @param namespace absent for the route's own
public record ParentRef(
    Kind kind,
    Optional<String> namespace,
    String name,
    Optional<String> sectionName,
    Optional<Integer> port) {}
