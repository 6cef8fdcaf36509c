package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.migrate.Migration.ServicePatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Services with the appProtocol that a port needs: a patch for a cluster, and the whole Service
/// for a folder of files where it is known.
final class ServiceWriter {
  private final Objects objects;
  private final Map<String, Map<String, Object>> services = new HashMap<>();
  private final List<ServicePatch> patches = new ArrayList<>();

  ServiceWriter(Objects objects) {
    this.objects = objects;
  }

  List<ServicePatch> patches() {
    return patches;
  }

  void appProtocol(
      String namespace,
      String service,
      int port,
      String appProtocol,
      List<Map<String, Object>> out) {
    Map<String, Object> made = Trees.map("port", port, "appProtocol", appProtocol);
    Map<String, Object> patch = Trees.map("spec", Trees.map("ports", List.of(made)));
    patches.add(new ServicePatch(namespace, service, patch));
    Document known = objects.service(namespace + "/" + service);
    if (known != null) {
      Map<String, Object> whole = earlier(out, namespace + "/" + service, known);
      Map<String, Object> spec = Trees.copy(Trees.child(whole, "spec"));
      spec.put("ports", ports(spec, port, appProtocol));
      whole.put("spec", spec);
    }
  }

  private static List<Object> ports(Map<String, Object> spec, int port, String appProtocol) {
    List<Object> ports = new ArrayList<>();
    for (Object item : Trees.items(spec, "ports")) {
      Map<String, Object> one = item instanceof Map<?, ?> map ? Trees.copy(map) : Trees.map();
      if (String.valueOf(one.get("port")).equals(Integer.toString(port))) {
        one.put("appProtocol", appProtocol);
      }
      for (String number : List.of("port", "nodePort", "targetPort")) {
        if (one.get(number) instanceof String text && text.matches("[0-9]{1,5}")) {
          one.put(number, Integer.valueOf(text));
        }
      }
      ports.add(one);
    }
    return ports;
  }

  private Map<String, Object> earlier(
      List<Map<String, Object>> out, String reference, Document known) {
    return services.computeIfAbsent(
        reference,
        key -> {
          Map<String, Object> whole = ServerFields.without(known.tree());
          out.add(whole);
          return whole;
        });
  }
}
