package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import java.util.Optional;

/// What the Gateway that requests come through brings to a hop.
///
/// @param gateway absent where it brings nothing
/// @param clientCertificate from spec.tls.backend
/// @param allowsInsecure whether its operator consented to backends that are not verified
public record GatewaySide(
    Optional<ObjectRef> gateway,
    Optional<ClientCertificate> clientCertificate,
    boolean allowsInsecure) {

  /// A Gateway that brings nothing.
  public static final GatewaySide NOTHING =
      new GatewaySide(Optional.empty(), Optional.empty(), false);

  /// The annotation of a Gateway by which its operator consents, with the value `true`.
  public static final String ALLOW_INSECURE = "postern.dev/allow-insecure-backends";

  /// The field of a Gateway that names its certificate.
  public static final String CLIENT_CERTIFICATE = "spec.tls.backend.clientCertificateRef";
}
