package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.TlsWish;
import dev.postern.gatewayapi.resolve.hop.TrafficWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Material.Read;
import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.BackendConfigPolicy.Tls;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamTls.Trust;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a kgateway BackendConfigPolicy wishes.
public final class BackendConfigPolicyWish {
  private static final String TLS = "spec.tls";

  private BackendConfigPolicyWish() {}

  public static Wished of(BackendConfigPolicy policy, Material material) {
    Wish wish = Wish.nothing(Authority.FOREIGN, policy.ref());
    if (policy.refusal().isPresent()) {
      return Foreign.refused(wish, TLS, policy.refusal().get());
    }
    wish =
        wish.withTraffic(
            TrafficWish.limits(
                    Said.of(
                        "spec.connectTimeout",
                        policy.connectTimeout().filter(time -> !time.isZero())),
                    Said.of("spec.commonHttpProtocolOptions.idleTimeout", policy.idleTimeout()),
                    Said.of(
                        "spec.circuitBreakers",
                        Limits.of(
                            positive(policy.maxConnections()),
                            positive(policy.maxPendingRequests()),
                            positive(policy.maxRequests()))))
                .withBalancing(
                    Said.of("spec.loadBalancer", policy.loadBalancing().map(Balancing::lbPolicy)),
                    Said.of("spec.healthCheck", policy.healthCheck().map(Balancing::healthCheck)),
                    Said.of(
                        "spec.outlierDetection",
                        policy.outlierDetection().map(Balancing::outlierDetection))));
    return policy.tls().isPresent()
        ? tls(policy, policy.tls().get(), material, wish)
        : new Wished(wish, List.of());
  }

  private static Optional<Integer> positive(Optional<Integer> limit) {
    return limit.filter(number -> number > 0);
  }

  private static Wished tls(BackendConfigPolicy policy, Tls tls, Material material, Wish without) {
    Wish wish = without;
    TlsParameters parameters = Parameters.of(tls.limits());
    Optional<String> unknown = Parameters.unknownCiphers(parameters.cipherSuites());
    if (unknown.isPresent()) {
      return Foreign.refuse(wish, TLS, ".parameters.cipherSuites", unknown.get());
    }
    if (Parameters.isCrossed(parameters)) {
      return Foreign.refuse(
          wish,
          TLS,
          ".parameters",
          "has a minVersion that is newer than its maxVersion, so that no handshake could succeed;"
              + " change one of them");
    }
    List<String> ways = waysToVerify(tls);
    if (ways.size() > 1) {
      return Foreign.refuse(
          wish,
          TLS,
          "",
          "says "
              + String.join(" and ", ways)
              + ", of which kgateway takes one; keep the one that is meant");
    }
    if (!parameters.equals(TlsParameters.DEFAULT)) {
      wish = wish.withTlsParameters(TLS, parameters);
    }
    Optional<String> sni = tls.sni().map(name -> name.toLowerCase(Locale.ROOT));
    if (tls.files()) {
      return Foreign.refuse(
          wish, TLS, ".files", "names files of the proxy's pod; put them into a Secret, secretRef");
    }
    if (tls.insecureSkipVerify()) {
      return Foreign.follow(wish, TLS, Foreign.unverified(sni));
    }
    Read<Trust> trust = trust(policy, tls, material);
    if (trust instanceof Read.Bad<Trust>(String why)) {
      return Foreign.refuse(wish, TLS, "", why);
    }
    if (tls.secret().isPresent() && !tls.oneWay()) {
      ObjectRef secret = secret(policy, tls.secret().get());
      Set<String> keys = material.keys(secret);
      if (keys.contains("tls.crt") || keys.contains("tls.key")) {
        switch (material.clientCertificate(secret)) {
          case Read.Good<ClientCertificate>(ClientCertificate certificate) ->
              wish = wish.withClientCertificate(TLS + ".secretRef", certificate);
          case Read.Bad<ClientCertificate>(String why) -> {
            return Foreign.refuse(wish, TLS, ".secretRef", "cannot be followed: " + why);
          }
        }
      }
    }
    if (tls.verifySubjectAltNames().isEmpty()) {
      return Foreign.refuse(
          wish,
          TLS,
          "",
          "says no name to verify, so that any certificate of the CA would do"
              + sni.map(name -> "; add verifySubjectAltNames: [" + name + "]")
                  .orElse("; add verifySubjectAltNames and sni")
              + Foreign.OPENLY);
    }
    if (Foreign.isWildcard(tls.verifySubjectAltNames())) {
      return Foreign.refuse(
          wish,
          TLS,
          ".verifySubjectAltNames",
          "lists a name with a wildcard, or an empty one; list the names that may be shown");
    }
    return Foreign.follow(
        wish,
        TLS,
        new TlsWish.On(
            sni.orElse(""),
            ((Read.Good<Trust>) trust).value(),
            Foreign.names(tls.verifySubjectAltNames())));
  }

  /// What its definition takes one of.
  private static List<String> waysToVerify(Tls tls) {
    List<String> ways = new ArrayList<>();
    tls.secret().ifPresent(_ -> ways.add("secretRef"));
    if (tls.files()) {
      ways.add("files");
    }
    if (tls.insecureSkipVerify()) {
      ways.add("insecureSkipVerify");
    }
    tls.wellKnownCaCertificates().ifPresent(_ -> ways.add("wellKnownCACertificates"));
    return ways;
  }

  private static ObjectRef secret(BackendConfigPolicy policy, String name) {
    return new ObjectRef(Kind.SECRET, policy.metadata().namespace(), name);
  }

  private static Read<Trust> trust(BackendConfigPolicy policy, Tls tls, Material material) {
    if (tls.wellKnownCaCertificates().isPresent()) {
      return Foreign.wellKnown(tls.wellKnownCaCertificates().get());
    }
    if (tls.secret().isEmpty()) {
      return new Read.Bad<>(
          "says TLS and not whom to trust; add secretRef, or wellKnownCACertificates: System");
    }
    return switch (material.authorities(secret(policy, tls.secret().get()))) {
      case Read.Good<List<X509Certificate>>(List<X509Certificate> anchors) ->
          new Read.Good<>(new Trust.Anchors(anchors));
      case Read.Bad<List<X509Certificate>>(String why) ->
          new Read.Bad<>(
              "does not say whom to trust, since "
                  + why
                  + "; put the CA's certificate there, or say openly that nothing is verified, with"
                  + " insecureSkipVerify: true instead of secretRef");
    };
  }
}
