package dev.postern.gatewayapi.resource;

import java.time.Duration;
import java.util.Optional;

/// A route rule's or an XBackendTrafficPolicy's sessionPersistence (GEP-1619).
///
/// @param name of the cookie or header, as written; absent for one that is made up
/// @param header whether the token is in a header instead of a cookie
/// @param permanent whether the cookie outlives the browser; then `absoluteTimeout` is there
public record SessionPersistence(
    Optional<String> name, boolean header, Optional<Duration> absoluteTimeout, boolean permanent) {}
