package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.duration;
import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;
import static dev.postern.gatewayapi.load.Metadatas.texts;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.util.List;
import java.util.Optional;

/// kgateway's Backend and BackendConfigPolicy.
final class KgatewayDecoder {
  private static final List<String> OTHER_TYPES =
      List.of("aws", "gcp", "dynamicForwardProxy", "priorityGroups");

  private KgatewayDecoder() {}

  static KgatewayBackend backend(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields fixed = fields(spec, "static");
    return new KgatewayBackend(
        metadata,
        version,
        origin,
        fixed.maps("hosts").stream()
            .map(host ->
                new KgatewayBackend.Host(host.textOrEmpty("host"), (int) host.number("port")))
            .toList(),
        optional(fixed, "appProtocol"),
        OTHER_TYPES.stream().filter(spec::has).findFirst());
  }

  static BackendConfigPolicy policy(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields limits = fields(spec, "circuitBreakers");
    return new BackendConfigPolicy(
        metadata,
        version,
        origin,
        PolicyDecoder.targetRefs(spec),
        selectors(spec),
        duration(spec, "connectTimeout"),
        duration(fields(spec, "commonHttpProtocolOptions"), "idleTimeout"),
        optionalNumber(limits, "maxConnections"),
        optionalNumber(limits, "maxPendingRequests"),
        optionalNumber(limits, "maxRequests"),
        Optional.ofNullable(spec.map("tls")).map(KgatewayDecoder::tls),
        Optional.ofNullable(spec.map("loadBalancer"))
            .flatMap(KgatewayBalancingDecoder::loadBalancing),
        Optional.ofNullable(spec.map("healthCheck")).flatMap(KgatewayBalancingDecoder::healthCheck),
        Optional.ofNullable(spec.map("outlierDetection"))
            .map(KgatewayBalancingDecoder::outlierDetection),
        Optional.empty());
  }

  static List<BackendConfigPolicy.Selector> selectors(Fields spec) {
    return spec.maps("targetSelectors").stream()
        .map(selector ->
            new BackendConfigPolicy.Selector(
                GatewayDecoder.kind(selector), texts(selector, "matchLabels")))
        .toList();
  }

  private static BackendConfigPolicy.Tls tls(Fields tls) {
    return new BackendConfigPolicy.Tls(
        optional(fields(tls, "secretRef"), "name"),
        tls.has("files"),
        tls.isTrue("insecureSkipVerify"),
        optional(tls, "wellKnownCACertificates"),
        optional(tls, "sni").filter(sni -> !sni.isEmpty()),
        textList(tls, "verifySubjectAltNames"),
        tls.isTrue("simpleTLS") || tls.isTrue("oneWayTLS"),
        EnvoyGatewayDecoder.limits(fields(tls, "parameters"), "cipherSuites", tls));
  }
}
