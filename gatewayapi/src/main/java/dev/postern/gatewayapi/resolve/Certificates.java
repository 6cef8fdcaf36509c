package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.certificate.CertificateChain;
import dev.postern.gatewayapi.resolve.certificate.KeyPair;
import dev.postern.gatewayapi.resolve.certificate.PemException;
import dev.postern.gatewayapi.resource.ConfigMap;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Secret;
import dev.postern.gatewayapi.resource.SecretValue;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.OcspResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What stands in ConfigMaps and Secrets, parsed once however many refer to it.
final class Certificates {
  private static final String CA_KEY = "ca.crt";
  private static final String OCSP_KEY = "tls.ocsp-staple";
  private static final String TLS_TYPE = "kubernetes.io/tls";

  private final Objects objects;
  private final Query<Bundle, Read<List<X509Certificate>>> bundles;
  private final Query<ObjectRef, Read<ServerCertificate>> servers;

  Certificates(Memo memo, Objects objects) {
    this.objects = objects;
    bundles = memo.query(this::readBundle);
    servers = memo.query(this::readServer);
  }

  /// Something, or why it is not there.
  sealed interface Read<T> {
    record Good<T>(T value) implements Read<T> {}

    record Bad<T>(String why) implements Read<T> {}
  }

  private record Bundle(ObjectRef object, String key) {}

  /// The trust anchors in the key `ca.crt` of a ConfigMap or Secret.
  Read<List<X509Certificate>> caBundle(ObjectRef ref) {
    return caBundle(ref, CA_KEY);
  }

  /// The trust anchors in a key of a ConfigMap or Secret.
  Read<List<X509Certificate>> caBundle(ObjectRef ref, String key) {
    return bundles.get(new Bundle(ref, key));
  }

  /// The certificate and key of a Secret of type `kubernetes.io/tls`, and the OCSP response in its
  /// key `tls.ocsp-staple`, if it is there.
  Read<ServerCertificate> server(ObjectRef secret) {
    return servers.get(secret);
  }

  private Read<List<X509Certificate>> readBundle(Bundle bundle) {
    ObjectRef ref = bundle.object();
    String key = bundle.key();
    Optional<ConfigMap> configMap = objects.find(ref, ConfigMap.class);
    Optional<Secret> secret = objects.find(ref, Secret.class);
    if (configMap.isEmpty() && secret.isEmpty()) {
      return new Read.Bad<>(ref + " does not exist");
    }
    Optional<String> text =
        configMap
            .map(c -> Optional.ofNullable(c.data().get(key)))
            .orElseGet(() -> secret.flatMap(s -> text(s, key)));
    if (text.isEmpty()) {
      return new Read.Bad<>(ref + " has no key " + key);
    }
    try {
      return new Read.Good<>(CertificateChain.parse(text.get()));
    } catch (PemException e) {
      return new Read.Bad<>(ref + ", key " + key + ": " + e.getMessage());
    }
  }

  private Read<ServerCertificate> readServer(ObjectRef ref) {
    Optional<Secret> found = objects.find(ref, Secret.class);
    if (found.isEmpty()) {
      return new Read.Bad<>(ref + " does not exist");
    }
    Secret secret = found.get();
    if (!secret.type().equals(TLS_TYPE)) {
      return new Read.Bad<>(
          ref + " is of type " + secret.type() + "; it must be of type " + TLS_TYPE);
    }
    Optional<String> chain = text(secret, "tls.crt");
    Optional<String> key = text(secret, "tls.key");
    if (chain.isEmpty() || key.isEmpty()) {
      return new Read.Bad<>(ref + " has no key " + (chain.isEmpty() ? "tls.crt" : "tls.key"));
    }
    try {
      KeyPair pair = KeyPair.parse("tls.crt", chain.get(), "tls.key", key.get());
      String name = ref.namespace() + "/" + ref.name();
      return new Read.Good<>(new ServerCertificate(name, pair.chain(), pair.key(), ocsp(secret)));
    } catch (PemException e) {
      return new Read.Bad<>(ref + ", " + e.getMessage());
    }
  }

  private static Optional<OcspResponse> ocsp(Secret secret) {
    return Optional.ofNullable(secret.data().get(OCSP_KEY))
        .map(value -> new OcspResponse(value.reveal()));
  }

  private static Optional<String> text(Secret secret, String key) {
    return Optional.ofNullable(secret.data().get(key))
        .map(SecretValue::reveal)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
