package dev.postern.gatewayapi.migrate;

import java.util.Optional;

/// What became of one annotation (or other part) of an Ingress, at one host and path.
///
/// @param ingress `namespace/name`
/// @param host empty for every host
/// @param path empty where the Ingress serves no path
/// @param subject the annotation without its prefix, or `path`, `backend`, `tls`
/// @param value as it was written
/// @param location `file:line`
public record Judgement(
    String ingress,
    String host,
    String path,
    String subject,
    String value,
    Verdict verdict,
    Optional<String> location) {}
