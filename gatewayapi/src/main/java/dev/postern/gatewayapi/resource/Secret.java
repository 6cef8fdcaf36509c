package dev.postern.gatewayapi.resource;

import java.util.Map;

/// core Secret.
///
/// @param type such as `kubernetes.io/tls`
/// @param data decoded from base64, `stringData` merged over it
public record Secret(
    Metadata metadata, String version, Origin origin, String type, Map<String, SecretValue> data)
    implements Resource {
  public Secret {
    data = Map.copyOf(data);
  }

  @Override
  public Kind kind() {
    return Kind.SECRET;
  }
}
