package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Map;

/// BackendConnectionPolicies; none for the standard, whose hops have nothing to say there.
final class PosternHopObjects implements HopObjects {
  @Override
  public void write(ServicePort port, Hop hop, List<Map<String, Object>> out) {
    if (!hop.connection().isEmpty() || !hop.alike().isEmpty()) {
      Map<String, Object> spec = Trees.map("targetRefs", List.of(port.targetWithSection()));
      spec.putAll(hop.connection());
      spec.putAll(Trees.map("loadBalancing", hop.alike()));
      out.add(
          Trees.object(
              "postern.dev/v1alpha1",
              "BackendConnectionPolicy",
              port.namespace(),
              port.objectName(),
              spec));
    }
  }

  @Override
  public ObjectRef unverified(ServicePort port) {
    return new ObjectRef(Kind.BACKEND_CONNECTION_POLICY, port.namespace(), port.objectName());
  }
}
