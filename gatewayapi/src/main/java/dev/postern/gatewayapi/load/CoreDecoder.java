package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.optionalNumber;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.resource.ConfigMap;
import dev.postern.gatewayapi.resource.EndpointSlice;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Namespace;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.Secret;
import dev.postern.gatewayapi.resource.SecretValue;
import dev.postern.gatewayapi.resource.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Kubernetes' own kinds.
final class CoreDecoder {
  private CoreDecoder() {}

  static Namespace namespace(Fields root, Metadata metadata, String version, Origin origin) {
    // Every namespace of a cluster has this label, whoever made it.
    Map<String, String> labels = new HashMap<>(metadata.labels());
    labels.put("kubernetes.io/metadata.name", metadata.name());
    return new Namespace(
        new Metadata(
            metadata.namespace(),
            metadata.name(),
            metadata.generation(),
            metadata.creationTimestamp(),
            labels,
            metadata.annotations()),
        version,
        origin);
  }

  static ConfigMap configMap(Fields root, Metadata metadata, String version, Origin origin) {
    return new ConfigMap(metadata, version, origin, Metadatas.texts(root, "data"));
  }

  static Secret secret(Fields root, Metadata metadata, String version, Origin origin) {
    Map<String, SecretValue> values = new HashMap<>();
    Fields data = fields(root, "data");
    for (int i = 0; i < data.size(); i++) {
      byte[] bytes =
          data.value(i) instanceof Scalar scalar ? CoreRules.decode(scalar.text()) : null;
      if (bytes != null) {
        values.put(data.key(i), new SecretValue(bytes));
      }
    }
    Fields strings = fields(root, "stringData");
    for (int i = 0; i < strings.size(); i++) {
      if (strings.value(i) instanceof Scalar scalar) {
        values.put(strings.key(i), new SecretValue(scalar.text().getBytes(StandardCharsets.UTF_8)));
      }
    }
    return new Secret(metadata, version, origin, root.textOrEmpty("type"), values);
  }

  static Service service(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    List<Service.Port> ports = new ArrayList<>();
    for (Fields port : spec.maps("ports")) {
      ports.add(
          new Service.Port(
              port.textOrEmpty("name"),
              (int) port.number("port"),
              port.textOrEmpty("protocol"),
              optional(port, "appProtocol")));
    }
    String type = spec.textOrEmpty("type");
    return new Service(
        metadata,
        version,
        origin,
        type,
        type.equals("ExternalName") ? optional(spec, "externalName") : java.util.Optional.empty(),
        spec.textOrEmpty("sessionAffinity").equals("ClientIP"),
        ports);
  }

  static EndpointSlice endpointSlice(
      Fields root, Metadata metadata, String version, Origin origin) {
    List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
    for (Fields endpoint : root.maps("endpoints")) {
      endpoints.add(
          new EndpointSlice.Endpoint(
              Metadatas.textList(endpoint, "addresses"), ready(fields(endpoint, "conditions"))));
    }
    List<EndpointSlice.Port> ports = new ArrayList<>();
    for (Fields port : root.maps("ports")) {
      ports.add(
          new EndpointSlice.Port(
              port.textOrEmpty("name"),
              optionalNumber(port, "port"),
              port.textOrEmpty("protocol")));
    }
    return new EndpointSlice(
        metadata, version, origin, root.textOrEmpty("addressType"), endpoints, ports);
  }

  private static boolean ready(Fields conditions) {
    return !(conditions.get("ready") instanceof Scalar scalar) || ScalarType.isTrue(scalar.text());
  }
}
