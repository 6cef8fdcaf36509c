package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.map;
import static dev.postern.gatewayapi.load.Schema.mapValue;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;

import dev.postern.gatewayapi.load.Schema.ListOf;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.resource.Kind;

/// GatewayClass, Gateway and ListenerSet. v1 and v1beta1 have the same fields.
final class GatewaySchema {
  private GatewaySchema() {}

  static final Obj GATEWAY_CLASS =
      MetadataSchema.object(false, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required("controllerName", text(1, 253, TextFormat.CONTROLLER_NAME))
                  .optional("description", text(0, 64))
                  .optional(
                      "parametersRef", Shapes.localRef().optional("namespace", Shapes.NAMESPACE)));

  private static Obj routeKind() {
    return object()
        .withDefault("group", Shapes.GROUP, Kind.GATEWAY_API)
        .required("kind", Shapes.KIND);
  }

  private static Obj routeNamespaces() {
    return object()
        .withDefault("from", oneOf("All", "Selector", "Same"), "Same")
        .optional("selector", Shapes.labelSelector())
        .rule(GatewayRules::selectorPresent);
  }

  private static Obj listenerTls() {
    return object()
        .withDefault("mode", oneOf("Terminate", "Passthrough"), "Terminate")
        .optional("certificateRefs", list(Shapes.secretRef(), 0, 64))
        .optional("options", Shapes.OPTIONS)
        .rule(GatewayRules::certificatesPresent);
  }

  private static Obj listener() {
    return object()
        .required("name", Shapes.SECTION_NAME)
        .optional("hostname", Shapes.HOSTNAME)
        .required("port", Shapes.PORT)
        .required("protocol", text(1, 255, TextFormat.PROTOCOL))
        .optional("tls", listenerTls())
        .withDefault(
            "allowedRoutes",
            object()
                .optional("kinds", list(routeKind(), 0, 8))
                .withDefault("namespaces", routeNamespaces(), mapValue("from", "Same")),
            mapValue("namespaces", mapValue("from", "Same")));
  }

  private static Obj address() {
    return object()
        .withDefault("type", text(1, 253, TextFormat.ADDRESS_TYPE), "IPAddress")
        .optional("value", text(0, 253))
        .rule(GatewayRules::addressValue);
  }

  private static Obj infrastructure() {
    return object()
        .optional(
            "labels", map(text(0, 63, TextFormat.LABEL_VALUE), 8).rule(GatewayRules::qualifiedKeys))
        .optional("annotations", map(text(0, 4096), 16).rule(GatewayRules::qualifiedKeys))
        .optional("parametersRef", Shapes.localRef());
  }

  private static Obj frontendTls() {
    return object()
        .optional(
            "validation",
            object()
                .required(
                    "caCertificateRefs",
                    list(Shapes.localRef().optional("namespace", Shapes.NAMESPACE), 1, 16))
                .withDefault(
                    "mode", oneOf("AllowValidOnly", "AllowInsecureFallback"), "AllowValidOnly"));
  }

  private static Obj gatewayTls() {
    return object()
        .optional("backend", object().optional("clientCertificateRef", Shapes.secretRef()))
        .optional(
            "frontend",
            object()
                .required("default", frontendTls())
                .optional(
                    "perPort",
                    list(
                            object().required("port", Shapes.PORT).required("tls", frontendTls()),
                            0,
                            64)
                        .uniqueBy("port")));
  }

  private static Obj allowedListeners() {
    return object()
        .withDefault(
            "namespaces",
            object()
                .withDefault("from", oneOf("All", "Selector", "Same", "None"), "None")
                .optional("selector", Shapes.labelSelector()),
            mapValue("from", "None"));
  }

  private static ListOf listeners() {
    return list(listener(), 1, 64)
        .uniqueBy("name")
        .rule(GatewayRules::listenerProtocols)
        .rule(GatewayRules::listenersDistinct);
  }

  static final Obj LISTENER_SET =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required(
                      "parentRef",
                      object()
                          .withDefault("group", Shapes.GROUP, Kind.GATEWAY_API)
                          .withDefault("kind", Shapes.KIND, "Gateway")
                          .optional("namespace", Shapes.NAMESPACE)
                          .required("name", Shapes.OBJECT_NAME))
                  .required("listeners", listeners()));

  static final Obj GATEWAY =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required("gatewayClassName", Shapes.OBJECT_NAME)
                  .required("listeners", listeners())
                  .optional(
                      "addresses", list(address(), 0, 16).rule(GatewayRules::addressesDistinct))
                  .optional("infrastructure", infrastructure())
                  .optional("allowedListeners", allowedListeners())
                  .optional("tls", gatewayTls())
                  .optional("defaultScope", oneOf("All", "None")));
}
