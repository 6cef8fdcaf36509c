package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.duration;
import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.FastCgi;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Param;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Pool;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Protocol;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.SkipVerify;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Timeouts;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Tls;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// BackendConnectionPolicy.
final class ConnectionPolicyDecoder {
  private ConnectionPolicyDecoder() {}

  static BackendConnectionPolicy policy(
      Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields timeouts = fields(spec, "timeouts");
    Fields pool = fields(spec, "connectionPool");
    return new BackendConnectionPolicy(
        metadata,
        version,
        origin,
        PolicyDecoder.targetRefs(spec),
        optional(spec, "protocol").flatMap(ConnectionPolicyDecoder::protocol),
        Optional.ofNullable(spec.map("tls")).map(ConnectionPolicyDecoder::tls),
        Optional.ofNullable(spec.map("fastCGI")).map(ConnectionPolicyDecoder::fastCgi),
        new Timeouts(
            duration(timeouts, "connect"),
            duration(timeouts, "idle"),
            duration(timeouts, "streamIdle")),
        new Pool(
            optionalNumber(pool, "maxConnections"),
            optionalNumber(pool, "maxPendingRequests"),
            optionalNumber(pool, "maxRequests")),
        Optional.ofNullable(spec.map("loadBalancing")).map(BalancingDecoder::loadBalancing),
        Optional.ofNullable(spec.map("healthCheck")).map(BalancingDecoder::healthCheck),
        Optional.ofNullable(spec.map("outlierDetection")).map(BalancingDecoder::outlierDetection));
  }

  private static Optional<Protocol> protocol(String text) {
    return Arrays.stream(Protocol.values()).filter(p -> p.text().equals(text)).findFirst();
  }

  private static Tls tls(Fields tls) {
    return new Tls(
        optional(tls, "insecureSkipVerify")
            .map(skip -> skip.equals("All") ? SkipVerify.ALL : SkipVerify.HOSTNAME),
        PolicyDecoder.localRefs(tls, "caCertificateRefs"),
        Optional.ofNullable(tls.map("clientCertificateRef")).map(PolicyDecoder::localRef),
        optional(tls, "minVersion"),
        optional(tls, "maxVersion"),
        textList(tls, "cipherSuites"),
        textList(tls, "alpnProtocols"));
  }

  private static FastCgi fastCgi(Fields fastCgi) {
    List<Param> params =
        fastCgi.maps("params").stream()
            .map(param -> new Param(param.textOrEmpty("name"), param.textOrEmpty("value")))
            .toList();
    boolean nginx = fastCgi.has("compatibility");
    String root =
        optional(fastCgi, "documentRoot").orElse(nginx ? "/usr/local/nginx/html" : "/var/www/html");
    return new FastCgi(
        nginx,
        root.endsWith("/") ? root.substring(0, root.length() - 1) : root,
        optional(fastCgi, "scriptFilename"),
        optional(fastCgi, "index").orElse(nginx ? "" : "index.php"),
        nginx || fastCgi.has("splitPath") ? textList(fastCgi, "splitPath") : List.of(".php"),
        params,
        optional(fields(fastCgi, "paramsConfigMapRef"), "name"),
        fastCgi.has("maxSpooledBytes")
            ? Optional.of(fastCgi.number("maxSpooledBytes"))
            : Optional.empty());
  }
}
