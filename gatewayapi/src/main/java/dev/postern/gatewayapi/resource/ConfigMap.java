package dev.postern.gatewayapi.resource;

import java.util.Map;

/// core ConfigMap.
public record ConfigMap(Metadata metadata, String version, Origin origin, Map<String, String> data)
    implements Resource {
  public ConfigMap {
    data = Map.copyOf(data);
  }

  @Override
  public Kind kind() {
    return Kind.CONFIG_MAP;
  }
}
