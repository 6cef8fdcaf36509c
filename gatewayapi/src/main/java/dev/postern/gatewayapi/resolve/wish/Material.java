package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resource.Gateway.SecretRef;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What wishes refer to, in Secrets and ConfigMaps.
public interface Material {

  /// Something, or why it is not there.
  sealed interface Read<T> {
    record Good<T>(T value) implements Read<T> {}

    record Bad<T>(String why) implements Read<T> {}
  }

  /// The trust anchors in the key `ca.crt` of a ConfigMap or Secret.
  default Read<List<X509Certificate>> authorities(ObjectRef ref) {
    return authorities(ref, "ca.crt");
  }

  /// The trust anchors in a key of a ConfigMap or Secret.
  Read<List<X509Certificate>> authorities(ObjectRef ref, String key);

  /// The certificate and key of a Secret: `tls.crt` and `tls.key`, or `cert` and `key`.
  Read<ClientCertificate> clientCertificate(ObjectRef secret);

  /// The same, by a reference that may need a ReferenceGrant.
  Read<ClientCertificate> clientCertificate(ObjectRef from, SecretRef to);

  /// The keys of a ConfigMap or Secret that have a value; none where it is not there.
  Set<String> keys(ObjectRef object);

  /// Whether a Secret is there.
  boolean exists(ObjectRef secret);

  /// The entries of a ConfigMap; absent where there is none.
  Optional<Map<String, String>> entries(ObjectRef configMap);
}
