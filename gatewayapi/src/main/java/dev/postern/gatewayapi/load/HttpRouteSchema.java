package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.listValue;
import static dev.postern.gatewayapi.load.Schema.mapValue;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.ListOf;
import dev.postern.gatewayapi.load.Schema.Obj;

/// HTTPRoute. v1 and v1beta1 have the same fields.
final class HttpRouteSchema {
  static final Schema HEADER_NAME = text(1, 256, TextFormat.HEADER_NAME);
  private static final Schema HEADER_VALUE = text(1, 4096, TextFormat.HEADER_VALUE);

  private HttpRouteSchema() {}

  private static Obj pathMatch() {
    return object()
        .withDefault("type", oneOf("Exact", "PathPrefix", "RegularExpression"), "PathPrefix")
        .withDefault("value", text(0, 1024), "/")
        .rule(HttpRouteRules::pathValue);
  }

  private static Obj headerMatch() {
    return object()
        .withDefault("type", oneOf("Exact", "RegularExpression"), "Exact")
        .required("name", HEADER_NAME)
        .required("value", HEADER_VALUE);
  }

  private static Obj queryMatch() {
    return object()
        .withDefault("type", oneOf("Exact", "RegularExpression"), "Exact")
        .required("name", text(1, 256, TextFormat.PARAMETER_NAME))
        .required("value", text(1, 1024));
  }

  private static Obj match() {
    return object()
        .withDefault("path", pathMatch(), mapValue("type", "PathPrefix", "value", "/"))
        .optional("headers", list(headerMatch(), 0, 16).uniqueBy("name"))
        .optional("queryParams", list(queryMatch(), 0, 16).uniqueBy("name"))
        .optional(
            "method",
            oneOf("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"));
  }

  private static Node anyPath() {
    return listValue(mapValue("path", mapValue("type", "PathPrefix", "value", "/")));
  }

  static Obj headerModifier() {
    ListOf headers =
        list(object().required("name", HEADER_NAME).required("value", HEADER_VALUE), 0, 16)
            .uniqueBy("name");
    return object()
        .optional("set", headers)
        .optional("add", headers)
        .optional("remove", list(Schema.TEXT, 0, 16).distinct());
  }

  private static Obj pathModifier() {
    return object()
        .required("type", oneOf("ReplaceFullPath", "ReplacePrefixMatch"))
        .optional("replaceFullPath", text(0, 1024))
        .optional("replacePrefixMatch", text(0, 1024))
        .rule(HttpRouteRules::pathModifierFits);
  }

  private static Obj redirect() {
    return object()
        .optional("scheme", oneOf("http", "https"))
        .optional("hostname", Shapes.PRECISE_HOSTNAME)
        .optional("path", pathModifier())
        .optional("port", Shapes.PORT)
        .withDefault("statusCode", oneOf(301, 302, 303, 307, 308), 302);
  }

  private static Obj rewrite() {
    return object().optional("hostname", Shapes.PRECISE_HOSTNAME).optional("path", pathModifier());
  }

  static Obj mirror() {
    return object()
        .required("backendRef", Shapes.backendRef())
        .optional("percent", whole(0, 100))
        .optional(
            "fraction",
            object()
                .required("numerator", whole(0, Integer.MAX_VALUE))
                .withDefault("denominator", whole(1, Integer.MAX_VALUE), 100)
                .rule(HttpRouteRules::fractionAtMostOne))
        .rule(HttpRouteRules::percentOrFraction);
  }

  private static Obj cors() {
    ListOf headers = list(HEADER_NAME, 0, 64).distinct();
    return object()
        .optional("allowCredentials", Schema.BOOL)
        .optional(
            "allowOrigins",
            list(text(1, 253, TextFormat.CORS_ORIGIN), 0, 64)
                .distinct()
                .rule(HttpRouteRules::starAlone))
        .optional(
            "allowMethods",
            list(
                    oneOf(
                        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE",
                        "PATCH", "*"),
                    0,
                    9)
                .distinct()
                .rule(HttpRouteRules::starAlone))
        .optional("allowHeaders", headers.rule(HttpRouteRules::starAlone))
        .optional("exposeHeaders", headers)
        .withDefault("maxAge", whole(1, Integer.MAX_VALUE), 5);
  }

  private static Obj externalAuth() {
    ListOf names = list(Schema.TEXT, 0, 64).distinct();
    return object()
        .required("protocol", oneOf("HTTP", "GRPC"))
        .required("backendRef", Shapes.backendRef())
        .optional("grpc", object().optional("allowedHeaders", names))
        .optional(
            "http",
            object()
                .optional("path", text(0, 1024, TextFormat.URL_PATH))
                .optional("allowedHeaders", names)
                .optional("allowedResponseHeaders", names))
        .optional(
            "forwardBody", object().optional("maxSize", whole(Long.MIN_VALUE + 1, Long.MAX_VALUE)))
        .rule(HttpRouteRules::authProtocolFits);
  }

  private static ListOf filters() {
    return list(
            object()
                .required(
                    "type",
                    oneOf(
                        "RequestHeaderModifier",
                        "ResponseHeaderModifier",
                        "RequestMirror",
                        "RequestRedirect",
                        "URLRewrite",
                        "ExtensionRef",
                        "CORS",
                        "ExternalAuth"))
                .optional("requestHeaderModifier", headerModifier())
                .optional("responseHeaderModifier", headerModifier())
                .optional("requestMirror", mirror())
                .optional("requestRedirect", redirect())
                .optional("urlRewrite", rewrite())
                .optional("extensionRef", Shapes.localRef())
                .optional("cors", cors())
                .optional("externalAuth", externalAuth())
                .rule(HttpRouteRules::filterFitsType),
            0,
            16)
        .rule(HttpRouteRules::filtersOnce);
  }

  static Obj sessionPersistence() {
    return object()
        .optional("sessionName", text(0, 128))
        .withDefault("type", oneOf("Cookie", "Header"), "Cookie")
        .optional("absoluteTimeout", Shapes.DURATION)
        .optional(
            "cookieConfig",
            object().withDefault("lifetimeType", oneOf("Permanent", "Session"), "Session"))
        .rule(HttpRouteRules::sessionFits);
  }

  private static Obj rule() {
    return object()
        .optional("name", Shapes.SECTION_NAME)
        .withDefault("matches", list(match(), 0, 64), anyPath())
        .optional("filters", filters())
        .optional(
            "backendRefs",
            list(
                Shapes.backendRef()
                    .withDefault("weight", whole(0, 1_000_000), 1)
                    .optional("filters", filters()),
                0,
                16))
        .optional(
            "timeouts",
            object()
                .optional("request", Shapes.DURATION)
                .optional("backendRequest", Shapes.DURATION)
                .rule(HttpRouteRules::timeoutsFit))
        .optional(
            "retry",
            object()
                .optional("codes", list(whole(400, 599)).distinct())
                .optional("attempts", whole(1, Long.MAX_VALUE))
                .optional("backoff", Shapes.DURATION))
        .optional("sessionPersistence", sessionPersistence())
        .rule(HttpRouteRules::redirectWithoutBackends)
        .rule(HttpRouteRules::prefixReplacedOnce);
  }

  static final Obj HTTP_ROUTE =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .optional(
                      "parentRefs",
                      list(Shapes.parentRef(), 0, 32).rule(HttpRouteRules::parentsDistinct))
                  .optional("hostnames", list(Shapes.HOSTNAME, 0, 16))
                  .withDefault(
                      "rules",
                      list(rule(), 1, 16)
                          .rule(HttpRouteRules::matchesInAll)
                          .rule(HttpRouteRules::ruleNamesDistinct),
                      listValue(mapValue("matches", anyPath())))
                  .optional("useDefaultGateways", oneOf("All", "None")));
}
