package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.ListOf;
import dev.postern.gatewayapi.load.Schema.Obj;

/// GRPCRoute.
final class GrpcRouteSchema {
  private GrpcRouteSchema() {}

  private static Obj method() {
    return object()
        .withDefault("type", oneOf("Exact", "RegularExpression"), "Exact")
        .optional("service", text(0, 1024))
        .optional("method", text(0, 1024))
        .rule(GrpcRouteRules::methodFits);
  }

  private static Obj headerMatch() {
    return object()
        .withDefault("type", oneOf("Exact", "RegularExpression"), "Exact")
        .required("name", HttpRouteSchema.HEADER_NAME)
        .required("value", text(1, 4096));
  }

  private static Obj match() {
    return object()
        .optional("method", method())
        .optional("headers", list(headerMatch(), 0, 16).uniqueBy("name"));
  }

  private static ListOf filters() {
    return list(
            object()
                .required(
                    "type",
                    oneOf(
                        "ResponseHeaderModifier",
                        "RequestHeaderModifier",
                        "RequestMirror",
                        "ExtensionRef"))
                .optional("requestHeaderModifier", HttpRouteSchema.headerModifier())
                .optional("responseHeaderModifier", HttpRouteSchema.headerModifier())
                .optional("requestMirror", HttpRouteSchema.mirror())
                .optional("extensionRef", Shapes.localRef())
                .rule(HttpRouteRules::filterFitsType),
            0,
            16)
        .rule(HttpRouteRules::filtersOnce);
  }

  private static Obj rule() {
    return object()
        .optional("name", Shapes.SECTION_NAME)
        .optional("matches", list(match(), 0, 64))
        .optional("filters", filters())
        .optional(
            "backendRefs",
            list(
                Shapes.backendRef()
                    .withDefault("weight", whole(0, 1_000_000), 1)
                    .optional("filters", filters()),
                0,
                16))
        .optional("sessionPersistence", HttpRouteSchema.sessionPersistence());
  }

  static final Obj GRPC_ROUTE =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .optional(
                      "parentRefs",
                      list(Shapes.parentRef(), 0, 32).rule(HttpRouteRules::parentsDistinct))
                  .optional("hostnames", list(Shapes.HOSTNAME, 0, 16))
                  .optional(
                      "rules",
                      list(rule(), 0, 16)
                          .rule(HttpRouteRules::matchesInAll)
                          .rule(HttpRouteRules::ruleNamesDistinct))
                  .optional("useDefaultGateways", oneOf("All", "None")));
}
