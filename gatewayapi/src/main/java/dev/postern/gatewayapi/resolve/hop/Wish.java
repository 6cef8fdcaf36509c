package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.TlsParameters;
import java.util.Optional;

/// What one object other than the Service, the BackendTLSPolicy and the Gateway wishes about a hop:
/// whatever it says, each with its field. Whether it counts is decided by [HopDecision].
///
/// Start from [#nothing] and add:
///
///     Wish.nothing(Authority.FOREIGN, rule.ref()).withTls("spec.trafficPolicy.tls", new TlsWish.Off())
///
/// @param by who wishes
/// @param protocol read like the appProtocol of that meaning; [AppProtocol#UNSET] leaves it to the
///   kind of route
/// @param fastCgi counts where FastCGI is spoken
/// @param clientCertificate counts where TLS is spoken; of an XBackend and of foreign kinds only
///   where their own wish for TLS is the one that counts
/// @param tlsParameters likewise
/// @param invalid why the object cannot be followed at all, as the end of a sentence after
///   `because`: the hop fails closed, whatever others say
public record Wish(
    Authority authority,
    ObjectRef by,
    Optional<Said<AppProtocol>> protocol,
    Optional<Said<FastCgiOptions>> fastCgi,
    Optional<Said<TlsWish>> tls,
    Optional<Said<ClientCertificate>> clientCertificate,
    Optional<Said<TlsParameters>> tlsParameters,
    TrafficWish traffic,
    Optional<Said<String>> invalid) {

  /// No wish yet.
  public static Wish nothing(Authority authority, ObjectRef by) {
    return new Wish(
        authority,
        by,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TrafficWish.NOTHING,
        Optional.empty());
  }

  public Wish withProtocol(String field, AppProtocol value) {
    return new Wish(
        authority,
        by,
        said(field, value),
        fastCgi,
        tls,
        clientCertificate,
        tlsParameters,
        traffic,
        invalid);
  }

  public Wish withFastCgi(String field, FastCgiOptions value) {
    return new Wish(
        authority,
        by,
        protocol,
        said(field, value),
        tls,
        clientCertificate,
        tlsParameters,
        traffic,
        invalid);
  }

  public Wish withTls(String field, TlsWish value) {
    return new Wish(
        authority,
        by,
        protocol,
        fastCgi,
        said(field, value),
        clientCertificate,
        tlsParameters,
        traffic,
        invalid);
  }

  public Wish withClientCertificate(String field, ClientCertificate value) {
    return new Wish(
        authority, by, protocol, fastCgi, tls, said(field, value), tlsParameters, traffic, invalid);
  }

  public Wish withTlsParameters(String field, TlsParameters value) {
    return new Wish(
        authority,
        by,
        protocol,
        fastCgi,
        tls,
        clientCertificate,
        said(field, value),
        traffic,
        invalid);
  }

  public Wish withTraffic(TrafficWish value) {
    return new Wish(
        authority, by, protocol, fastCgi, tls, clientCertificate, tlsParameters, value, invalid);
  }

  /// Cannot be followed at all.
  public Wish withInvalid(String field, String message) {
    return new Wish(
        authority,
        by,
        protocol,
        fastCgi,
        tls,
        clientCertificate,
        tlsParameters,
        traffic,
        said(field, message));
  }

  private static <T> Optional<Said<T>> said(String field, T value) {
    return Optional.of(new Said<>(field, value));
  }
}
