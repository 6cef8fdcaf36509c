package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.resolve.ClusterHost;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an Ingress may refer to, found by name.
final class Objects {
  /// How many ExternalNames may lead to one another.
  private static final int MOST_NAMES = 4;

  private final Map<String, Document> byName = new HashMap<>();
  private final Set<String> namespaces = new HashSet<>();

  Objects(List<Document> documents) {
    for (Document document : documents) {
      Map<?, ?> meta = Trees.child(document.tree(), "metadata");
      String namespace = Trees.text(meta, "namespace");
      String place = document.kind() + " " + (namespace.isEmpty() ? "default" : namespace);
      byName.putIfAbsent(place + "/" + Trees.text(meta, "name"), document);
      namespaces.add(place);
    }
  }

  /// Whether the input has any object of this kind and namespace.
  boolean hasAny(String kind, String namespace) {
    return namespaces.contains(kind + " " + namespace);
  }

  @Nullable Document secret(String reference) {
    return byName.get("Secret " + reference);
  }

  @Nullable Document service(String reference) {
    return byName.get("Service " + reference);
  }

  @Nullable Document configMap(String reference) {
    return byName.get("ConfigMap " + reference);
  }

  /// The name of `namespace/name`.
  static String nameOf(String reference) {
    return reference.substring(reference.indexOf('/') + 1);
  }

  static boolean hasKey(Document secret, String key) {
    return Trees.child(secret.tree(), "data").containsKey(key)
        || Trees.child(secret.tree(), "stringData").containsKey(key);
  }

  /// The text of a certificate; empty where there is none that can be read.
  static String certificate(Document secret, String key) {
    String plain = Trees.text(Trees.child(secret.tree(), "stringData"), key);
    if (!plain.isEmpty()) {
      return plain;
    }
    try {
      String data = Trees.text(Trees.child(secret.tree(), "data"), key);
      return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /// The port of a path's backend by number; 0 where that is unknown. The controller took the first
  /// port of which the number, the name or the targetPort is what the Ingress says, and of an
  /// ExternalName no targetPort.
  int port(String namespace, Ingress.Path path) {
    String wanted = path.port();
    Document service = service(namespace + "/" + path.service());
    if (service != null) {
      for (Object item : ports(service)) {
        if (item instanceof Map<?, ?> port
            && isNumber(Trees.text(port, "port"))
            && (Trees.text(port, "port").equals(wanted)
                || Trees.text(port, "name").equals(wanted)
                || (!isExternalName(service) && Trees.text(port, "targetPort").equals(wanted)))) {
          return Integer.parseInt(Trees.text(port, "port"));
        }
      }
    }
    return isNumber(wanted) ? Integer.parseInt(wanted) : 0;
  }

  /// The Service that is meant: where that is an ExternalName for another one of the cluster, as a
  /// path of an Ingress can only name those of its own namespace, that one.
  ServiceName meant(String namespace, String name) {
    ServiceName meant = new ServiceName(namespace, name);
    for (int i = 0; i < MOST_NAMES; i++) {
      Document service = service(meant.toString());
      Optional<ClusterHost> host =
          service != null && isExternalName(service)
              ? ClusterHost.of(Trees.text(Trees.child(service.tree(), "spec"), "externalName"))
              : Optional.empty();
      if (host.isEmpty() || host.get().service().isEmpty()) {
        return meant;
      }
      meant = new ServiceName(host.get().namespace(), host.get().service());
    }
    return meant;
  }

  private static boolean isNumber(String port) {
    return port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= 65535;
  }

  static boolean isExternalName(Document service) {
    return Trees.text(Trees.child(service.tree(), "spec"), "type").equals("ExternalName");
  }

  /// Those of a Service, none where it is not known.
  List<?> ports(String reference) {
    Document service = service(reference);
    return service == null ? List.of() : ports(service);
  }

  static List<?> ports(Document service) {
    return Trees.items(Trees.child(service.tree(), "spec"), "ports");
  }

  /// The name of a port, empty where there is none.
  String portName(String reference, int number) {
    return portText(reference, number, "name");
  }

  ServicePort.Dns dns(String reference, int number) {
    Document service = service(reference);
    Map<?, ?> spec = service == null ? Map.of() : Trees.child(service.tree(), "spec");
    String elsewhere = Trees.text(spec, "externalName");
    if (Trees.text(spec, "type").equals("ExternalName") && !elsewhere.isEmpty()) {
      return new ServicePort.Elsewhere(elsewhere);
    }
    if (!Trees.text(spec, "clusterIP").equals("None")) {
      return new ServicePort.ClusterAddress();
    }
    String target = portText(reference, number, "targetPort");
    return new ServicePort.Endpoints(
        target.isEmpty()
            ? number
            : target.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(target) : 0);
  }

  private String portText(String reference, int number, String field) {
    Document service = service(reference);
    if (service != null) {
      for (Object item : ports(service)) {
        if (item instanceof Map<?, ?> port
            && Trees.text(port, "port").equals(Integer.toString(number))) {
          return Trees.text(port, field);
        }
      }
    }
    return "";
  }

  /// Whether the Service says another protocol, at which nginx never looked.
  boolean contradictsHttp(Location at) {
    String reference = at.ingress.namespace() + "/" + at.path.service();
    String said = portText(reference, at.port, "appProtocol");
    String name = portText(reference, at.port, "name");
    return (!said.isEmpty() && !said.equals("http"))
        || name.matches("(grpc|http2|h2c|https|tls)(-.*)?");
  }
}
