package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.DestinationRule.PortPolicy;
import dev.postern.gatewayapi.resource.DestinationRule.Tls;
import dev.postern.gatewayapi.resource.DestinationRule.TrafficPolicy;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Istio's DestinationRule.
final class IstioDecoder {
  private static final List<String> FILES =
      List.of("clientCertificate", "privateKey", "caCertificates", "caCrl");

  private IstioDecoder() {}

  static DestinationRule destinationRule(
      Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields policy = fields(spec, "trafficPolicy");
    return new DestinationRule(
        metadata,
        version,
        origin,
        spec.textOrEmpty("host"),
        spec.has("workloadSelector"),
        spec.has("trafficPolicy") ? Optional.of(traffic(policy)) : Optional.empty(),
        policy.maps("portLevelSettings").stream()
            .map(port -> new PortPolicy((int) fields(port, "port").number("number"), traffic(port)))
            .toList());
  }

  private static TrafficPolicy traffic(Fields policy) {
    Fields pool = fields(policy, "connectionPool");
    Fields tcp = fields(pool, "tcp");
    Fields http = fields(pool, "http");
    return new TrafficPolicy(
        Optional.ofNullable(policy.map("tls")).map(IstioDecoder::tls),
        http.textOrEmpty("h2UpgradePolicy").equals("UPGRADE"),
        duration(tcp, "connectTimeout"),
        duration(http, "idleTimeout"),
        limit(tcp, "maxConnections"),
        limit(http, "http1MaxPendingRequests"),
        limit(http, "http2MaxRequests"));
  }

  private static Tls tls(Fields tls) {
    return new Tls(
        tls.has("mode") ? tls.textOrEmpty("mode") : "DISABLE",
        optional(tls, "credentialName").filter(name -> !name.isEmpty()),
        FILES.stream().filter(field -> !tls.textOrEmpty(field).isEmpty()).toList(),
        optional(tls, "sni").filter(sni -> !sni.isEmpty()),
        textList(tls, "subjectAltNames"),
        tls.isTrue("insecureSkipVerify"));
  }

  private static Optional<Duration> duration(Fields parent, String name) {
    return optional(parent, name)
        .map(text -> Duration.ofMillis(Durations.parseGo(text)))
        .filter(duration -> !duration.isZero());
  }

  /// Zero and less is as if nothing were said.
  private static Optional<Integer> limit(Fields parent, String name) {
    return optionalNumber(parent, name).filter(number -> number > 0);
  }
}
