package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Choice;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.HashOn;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.LoadBalancing;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.OutlierDetection;
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

  private static final Duration EJECTION_TIME = Duration.ofSeconds(30);

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
        textList(spec, "exportTo"),
        spec.has("trafficPolicy") ? Optional.of(traffic(policy)) : Optional.empty(),
        policy.maps("portLevelSettings").stream()
            .map(port -> new PortPolicy((int) fields(port, "port").number("number"), traffic(port)))
            .toList(),
        Optional.empty());
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
        limit(http, "http2MaxRequests"),
        Optional.ofNullable(policy.map("loadBalancer")).flatMap(IstioDecoder::loadBalancing),
        Optional.ofNullable(policy.map("outlierDetection")).map(IstioDecoder::outlierDetection));
  }

  private static Optional<LoadBalancing> loadBalancing(Fields balancer) {
    Fields hash = fields(balancer, "consistentHash");
    Fields cookie = fields(hash, "httpCookie");
    if (hash.has("httpHeaderName")) {
      return byHash("Header", hash.textOrEmpty("httpHeaderName"));
    }
    if (cookie.has("name")) {
      return byHash("Cookie", cookie.textOrEmpty("name"));
    }
    if (hash.isTrue("useSourceIp")) {
      return byHash("SourceIP", "");
    }
    return switch (balancer.textOrEmpty("simple")) {
      case "LEAST_REQUEST", "LEAST_CONN" -> simple(Choice.LEAST_REQUEST);
      case "ROUND_ROBIN" -> simple(Choice.ROUND_ROBIN);
      case "RANDOM" -> simple(Choice.RANDOM);
      default -> Optional.empty();
    };
  }

  private static Optional<LoadBalancing> simple(Choice choice) {
    return Optional.of(new LoadBalancing(choice, Optional.empty()));
  }

  private static Optional<LoadBalancing> byHash(String type, String name) {
    return Optional.of(
        new LoadBalancing(Choice.CONSISTENT_HASH, Optional.of(new HashOn(type, name))));
  }

  private static OutlierDetection outlierDetection(Fields ejection) {
    return new OutlierDetection(
        optionalNumber(ejection, "consecutive5xxErrors").or(() -> Optional.of(5)),
        optionalNumber(ejection, "consecutiveGatewayErrors"),
        duration(ejection, "baseEjectionTime").or(() -> Optional.of(EJECTION_TIME)),
        optionalNumber(ejection, "maxEjectionPercent").or(() -> Optional.of(10)));
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
