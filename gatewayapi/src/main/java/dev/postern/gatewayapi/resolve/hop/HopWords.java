package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resolve.hop.Hop.Source;
import dev.postern.gatewayapi.resolve.hop.HopTable.Reason;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What a person reads about a hop.
final class HopWords {
  private static final String OF_ENDPOINT = "the endpoint's own host name";

  private HopWords() {}

  /// What is spoken.
  static String spoken(UpstreamProtocol protocol) {
    return switch (protocol) {
      case UpstreamProtocol.Http1() -> "HTTP/1.1";
      case UpstreamProtocol.Http2() -> "HTTP/2";
      case UpstreamProtocol.Negotiated() -> "HTTP/2 or HTTP/1.1 by ALPN";
      case UpstreamProtocol.FastCgi _ -> "FastCGI";
      case UpstreamProtocol.Bytes() -> "bytes as they come";
    };
  }

  static List<String> alpn(UpstreamProtocol protocol) {
    return switch (protocol) {
      case UpstreamProtocol.Http1() -> List.of("http/1.1");
      case UpstreamProtocol.Http2() -> List.of("h2");
      case UpstreamProtocol.Negotiated() -> List.of("h2", "http/1.1");
      case UpstreamProtocol.FastCgi _, UpstreamProtocol.Bytes() -> List.of();
    };
  }

  static String protocol(AppProtocol value) {
    return switch (value) {
      case UNSET -> "as the route asks";
      case HTTP -> "HTTP/1.1";
      case HTTP2 -> "HTTP/2";
      case WEBSOCKET -> "WebSocket";
      case WEBSOCKET_TLS -> "WebSocket over TLS";
      case TLS -> "TLS";
      case FASTCGI -> "FastCGI";
      case AUTO_HTTP -> "HTTP with the client's scheme";
      case TCP -> "TCP";
      case OTHER_DOMAIN, OTHER_IANA -> "a protocol that Postern does not know";
    };
  }

  static String tls(TlsWish wish) {
    return switch (wish) {
      case TlsWish.Off() -> "off";
      case TlsWish.On _ -> "on";
      case TlsWish.Invalid _ -> "cannot be followed";
    };
  }

  static String trust(Trust trust) {
    return switch (trust) {
      case Trust.System() -> "the system's CAs";
      case Trust.Unverified() -> "anybody (not verified)";
      case Trust.Anchors(var anchors) ->
          anchors.size() + (anchors.size() == 1 ? " certificate" : " certificates");
    };
  }

  static String sni(UpstreamTls tls) {
    return tls.sni().isEmpty() ? (tls.goesByEndpoint() ? OF_ENDPOINT : "none") : tls.sni();
  }

  static String names(List<SubjectName> names) {
    return String.join(", ", names.stream().map(HopWords::name).toList());
  }

  private static String name(SubjectName name) {
    return switch (name) {
      case SubjectName.Dns(String dns) -> dns;
      case SubjectName.Uri(String uri) -> uri;
      case SubjectName.OfEndpoint() -> OF_ENDPOINT;
      case SubjectName.Any() -> "any (not verified)";
    };
  }

  static String parameters(TlsParameters parameters) {
    List<String> words = new ArrayList<>();
    parameters.minVersion().ifPresent(version -> words.add("from " + version.text()));
    parameters.maxVersion().ifPresent(version -> words.add("up to " + version.text()));
    if (!parameters.cipherSuites().isEmpty()) {
      words.add("ciphers " + String.join(", ", parameters.cipherSuites()));
    }
    if (!parameters.alpnProtocols().isEmpty()) {
      words.add("ALPN " + String.join(", ", parameters.alpnProtocols()));
    }
    return words.isEmpty() ? "the data plane's own" : String.join("; ", words);
  }

  static String parameters(AgreedLimits limits) {
    return parameters(limits.parameters())
        + limits.by().stream()
            .skip(1)
            .map(source -> " (also by " + source + ")")
            .collect(Collectors.joining());
  }

  static String fastCgi(FastCgiOptions options) {
    return options.scriptFilename().map(s -> "script " + s).orElse("scripts below the root")
        + ", document root "
        + options.documentRoot()
        + (options.index().isEmpty() ? "" : ", index " + options.index())
        + (options.splitPath().isEmpty()
            ? ""
            : ", split after " + String.join(", ", options.splitPath()));
  }

  static String duration(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  static String limits(CircuitBreakers limits) {
    return limits.maxConnections()
        + " connections, "
        + limits.maxPendingRequests()
        + " waiting requests, "
        + limits.maxRequests()
        + " requests";
  }

  /// The beginning of a sentence about a hint.
  static String subject(HopFacts facts, Source hint) {
    if (hint.object().isEmpty()) {
      return facts.at();
    }
    if (!hint.object().get().equals(facts.object())) {
      return hint.object().get() + " asks for " + hint.value() + " to " + facts.at();
    }
    String field = hint.field().substring(hint.field().lastIndexOf('.') + 1);
    return facts.at() + " has " + field + " " + hint.value();
  }

  /// Why a hop is not made, and what to do.
  static String refused(HopFacts facts, Reason reason, AppProtocol value, Source hint) {
    String subject = subject(facts, hint);
    return switch (reason) {
      case NEEDS_POLICY ->
          subject
              + (value == AppProtocol.AUTO_HTTP
                  ? ", which means TLS for clients that came by TLS"
                  : ", which needs TLS")
              + ", but no BackendTLSPolicy targets "
              + facts.object()
              + ". Create one in namespace "
              + facts.object().namespace()
              + " that says which CA to trust and which name to expect.";
      case NOT_HTTP ->
          subject
              + ", which is not HTTP, so that "
              + article(facts.route())
              + " cannot reach it. If the port does speak HTTP, remove the appProtocol or say which"
              + " HTTP it is.";
      case NOT_GRPC ->
          subject
              + ", which cannot carry gRPC. Use an HTTPRoute, or, if the port speaks HTTP/2, say"
              + " appProtocol kubernetes.io/h2c.";
      case NOT_BYTES -> subject + ", which goes by the client's HTTP. Use an HTTPRoute.";
    };
  }

  private static String article(RouteKind route) {
    return switch (route) {
      case HTTP -> "an HTTPRoute";
      case GRPC -> "a GRPCRoute";
      case BYTES, PASSTHROUGH -> "a TLSRoute or TCPRoute";
      case DATAGRAMS -> "a UDPRoute";
    };
  }

  /// Why there is no TLS around what goes through.
  static String withoutTls(RouteKind route) {
    return route == RouteKind.DATAGRAMS ? "datagrams go without TLS" : "TLS passes through";
  }

  /// Whoever asks for TLS where there can be none.
  static String notAround(HopFacts facts, Source asking) {
    return asking.object().map(Object::toString).orElse("what asks for TLS")
        + " does not apply to "
        + facts.at()
        + " here: "
        + withoutTls(facts.route());
  }

  static String failsClosed(HopFacts facts, String because) {
    return facts.at() + " gets no requests (500), because " + because;
  }

  static String notAllowed(HopFacts facts, Source by) {
    return failsClosed(
        facts,
        by.object().map(Object::toString).orElse("a default")
            + " asks not to verify it, and "
            + facts.gateway().gateway().map(Object::toString).orElse("the Gateway")
            + " does not allow that. Its operator consents with the annotation "
            + GatewaySide.ALLOW_INSECURE
            + ": \"true\".");
  }
}
