package dev.postern.gatewayapi.migrate;

/// What nginx made of the proxy-ssl-secret of an Ingress.
sealed interface BackendSecret {

  /// There is no such annotation, or the Secret has no ca.crt, so that nginx emitted nothing.
  record Nothing() implements BackendSecret {}

  /// nginx served none of the Ingress's paths.
  ///
  /// @param why what it found, and what it answered
  record Refused(String why, String toDo) implements BackendSecret {}

  /// It is not in the input.
  record Unknown(String reference) implements BackendSecret {}

  /// It has a CA.
  ///
  /// @param client whether it has a client certificate, too
  record Authority(String reference, boolean client) implements BackendSecret {}
}
