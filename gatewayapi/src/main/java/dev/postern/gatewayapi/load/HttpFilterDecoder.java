package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.HttpRoute.Filter;
import dev.postern.gatewayapi.resource.HttpRoute.PathModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The filters of HTTPRoute and GRPCRoute.
final class HttpFilterDecoder {
  private HttpFilterDecoder() {}

  static List<Filter> ofRule(Fields rule) {
    List<Filter> filters = new ArrayList<>();
    for (Fields filter : rule.maps("filters")) {
      filters.add(filter(filter));
    }
    return filters;
  }

  /// A backend's filters may change headers; what else they could do is not built. An ExtensionRef
  /// is judged with the rule's own.
  static List<Filter> ofBackend(Fields backend, String at, List<String> unsupported) {
    List<Filter> filters = ofRule(backend);
    for (int i = 0; i < filters.size(); i++) {
      if (!(filters.get(i) instanceof Filter.RequestHeaderModifier)
          && !(filters.get(i) instanceof Filter.ResponseHeaderModifier)
          && !(filters.get(i) instanceof Filter.ExtensionRef)) {
        String type = backend.maps("filters").get(i).textOrEmpty("type");
        unsupported.add(at + "filters[" + i + "]." + HttpRouteRules.fieldOf(type));
      }
    }
    return filters;
  }

  private static Filter filter(Fields filter) {
    String type = filter.textOrEmpty("type");
    Fields content = Metadatas.fields(filter, HttpRouteRules.fieldOf(type));
    return switch (type) {
      case "RequestHeaderModifier" -> new Filter.RequestHeaderModifier(modifier(content));
      case "ResponseHeaderModifier" -> new Filter.ResponseHeaderModifier(modifier(content));
      case "RequestRedirect" ->
          new Filter.RequestRedirect(
              optional(content, "scheme"),
              optional(content, "hostname"),
              optionalNumber(content, "port"),
              path(content),
              (int) content.number("statusCode"));
      case "URLRewrite" -> new Filter.UrlRewrite(optional(content, "hostname"), path(content));
      case "RequestMirror" -> mirror(content);
      case "CORS" -> cors(content);
      case "ExternalAuth" -> externalAuth(content);
      default -> new Filter.ExtensionRef(GatewayDecoder.kind(content), content.textOrEmpty("name"));
    };
  }

  private static Optional<PathModifier> path(Fields holder) {
    return Optional.ofNullable(holder.map("path"))
        .map(path ->
            path.textOrEmpty("type").equals("ReplaceFullPath")
                ? new PathModifier.ReplaceFullPath(path.textOrEmpty("replaceFullPath"))
                : new PathModifier.ReplacePrefixMatch(path.textOrEmpty("replacePrefixMatch")));
  }

  /// Without a share it is of all requests.
  private static Filter mirror(Fields mirror) {
    HttpRoute.BackendRef backend = backend(mirror);
    Fields fraction = mirror.map("fraction");
    if (fraction != null) {
      return new Filter.RequestMirror(
          backend, (int) fraction.number("numerator"), (int) fraction.number("denominator"));
    }
    int percent = mirror.has("percent") ? (int) mirror.number("percent") : 100;
    return new Filter.RequestMirror(backend, percent, 100);
  }

  private static HttpRoute.BackendRef backend(Fields filter) {
    Fields ref = Metadatas.fields(filter, "backendRef");
    return new HttpRoute.BackendRef(
        GatewayDecoder.kind(ref),
        optional(ref, "namespace"),
        ref.textOrEmpty("name"),
        optionalNumber(ref, "port"),
        1,
        List.of());
  }

  private static Filter externalAuth(Fields auth) {
    boolean http = auth.textOrEmpty("protocol").equals("HTTP");
    Fields how = Metadatas.fields(auth, http ? "http" : "grpc");
    return new Filter.ExternalAuth(
        backend(auth),
        http
            ? new HttpRoute.AuthProtocol.Http(
                how.textOrEmpty("path"), textList(how, "allowedResponseHeaders"))
            : new HttpRoute.AuthProtocol.Grpc(),
        textList(how, "allowedHeaders"),
        Metadatas.fields(auth, "forwardBody").number("maxSize"));
  }

  private static Filter cors(Fields cors) {
    return new Filter.Cors(
        textList(cors, "allowOrigins"),
        textList(cors, "allowMethods"),
        textList(cors, "allowHeaders"),
        textList(cors, "exposeHeaders"),
        cors.isTrue("allowCredentials"),
        (int) cors.number("maxAge"));
  }

  private static HttpRoute.HeaderModifier modifier(Fields modifier) {
    return new HttpRoute.HeaderModifier(
        headers(modifier, "set"), headers(modifier, "add"), textList(modifier, "remove"));
  }

  private static List<HttpRoute.Header> headers(Fields modifier, String field) {
    List<HttpRoute.Header> headers = new ArrayList<>();
    for (Fields header : modifier.maps(field)) {
      headers.add(new HttpRoute.Header(header.textOrEmpty("name"), header.textOrEmpty("value")));
    }
    return headers;
  }
}
