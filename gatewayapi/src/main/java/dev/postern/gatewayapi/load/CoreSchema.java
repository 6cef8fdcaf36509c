package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.map;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;
import static dev.postern.gatewayapi.load.Schema.whole;

import dev.postern.gatewayapi.load.Schema.Obj;

/// Kubernetes' own kinds, checked as far as Postern reads them. What it does not read is known by
/// name, so that a misspelt field is told from one that is not looked at.
final class CoreSchema {
  private CoreSchema() {}

  static final Obj NAMESPACE =
      MetadataSchema.object(false, MetadataSchema.labelName()).ignored("spec");

  static final Obj CONFIG_MAP =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .optional("data", map(Schema.TEXT, Schema.UNLIMITED).rule(CoreRules::dataKeys))
          .optional(
              "binaryData",
              map(Schema.TEXT, Schema.UNLIMITED)
                  .rule(CoreRules::dataKeys)
                  .rule(CoreRules::base64Values))
          .optional("immutable", Schema.BOOL)
          .rule(CoreRules::keyInOneMap)
          .rule(CoreRules::sizeLimit);

  static final Obj SECRET =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .withDefault("type", Schema.TEXT, "Opaque")
          .optional(
              "data",
              map(Schema.HIDDEN_TEXT, Schema.UNLIMITED)
                  .rule(CoreRules::dataKeys)
                  .rule(CoreRules::base64Values))
          .optional(
              "stringData", map(Schema.HIDDEN_TEXT, Schema.UNLIMITED).rule(CoreRules::dataKeys))
          .optional("immutable", Schema.BOOL)
          .rule(CoreRules::keysOfType)
          .rule(CoreRules::sizeLimit);

  private static Obj servicePort() {
    return object()
        .optional("name", text(0, 63))
        .withDefault("protocol", oneOf("TCP", "UDP", "SCTP"), "TCP")
        .required("port", Shapes.PORT)
        .optional("targetPort", Schema.WHOLE_OR_TEXT)
        .optional("nodePort", whole(0, 65535))
        .optional("appProtocol", Schema.TEXT)
        .rule(CoreRules::portWords);
  }

  static final Obj SERVICE =
      MetadataSchema.object(true, MetadataSchema.labelName())
          .withDefault(
              "spec",
              object()
                  .withDefault(
                      "type",
                      oneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
                      "ClusterIP")
                  .optional("ports", list(servicePort()).rule(CoreRules::servicePorts))
                  .optional("externalName", Schema.TEXT)
                  .optional("sessionAffinity", oneOf("ClientIP", "None"))
                  .optional("clusterIP", Schema.TEXT)
                  .optional("selector", map(Schema.TEXT, Schema.UNLIMITED))
                  .ignored(
                      "clusterIPs",
                      "externalIPs",
                      "externalTrafficPolicy",
                      "healthCheckNodePort",
                      "internalTrafficPolicy",
                      "ipFamilies",
                      "ipFamilyPolicy",
                      "loadBalancerClass",
                      "loadBalancerIP",
                      "loadBalancerSourceRanges",
                      "allocateLoadBalancerNodePorts",
                      "publishNotReadyAddresses",
                      "sessionAffinityConfig",
                      "trafficDistribution")
                  .rule(CoreRules::serviceTypeFits),
              Schema.mapValue());

  private static Obj endpoint() {
    return object()
        .required("addresses", list(Schema.TEXT, 1, 100))
        .optional(
            "conditions",
            object()
                .optional("ready", Schema.BOOL)
                .optional("serving", Schema.BOOL)
                .optional("terminating", Schema.BOOL))
        .ignored("hostname", "targetRef", "deprecatedTopology", "nodeName", "zone", "hints");
  }

  static final Obj ENDPOINT_SLICE =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required("addressType", oneOf("IPv4", "IPv6", "FQDN"))
          .withDefault("endpoints", list(endpoint(), 0, 1000), Schema.listValue())
          .optional(
              "ports",
              list(
                      object()
                          .withDefault("name", text(0, 63), "")
                          .withDefault("protocol", oneOf("TCP", "UDP", "SCTP"), "TCP")
                          .optional("port", Shapes.PORT)
                          .optional("appProtocol", Schema.TEXT)
                          .rule(CoreRules::portWords),
                      0,
                      20_000)
                  .uniqueBy("name"))
          .rule(CoreRules::addressesFit);
}
