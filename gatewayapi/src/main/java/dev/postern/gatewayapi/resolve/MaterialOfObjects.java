package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.certificate.KeyPair;
import dev.postern.gatewayapi.resolve.certificate.PemException;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resource.ConfigMap;
import dev.postern.gatewayapi.resource.Gateway.SecretRef;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Secret;
import dev.postern.ir.ClientCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What wishes refer to, out of [Objects], parsed once however many refer to it.
final class MaterialOfObjects implements Material {
  private final Objects objects;
  private final Certificates certificates;
  private final Grants grants;
  private final Query<ObjectRef, Read<ClientCertificate>> pairs;

  MaterialOfObjects(Memo memo, Objects objects, Certificates certificates, Grants grants) {
    this.objects = objects;
    this.certificates = certificates;
    this.grants = grants;
    pairs = memo.query(this::readPair);
  }

  @Override
  public Read<List<X509Certificate>> authorities(ObjectRef ref, String key) {
    return switch (certificates.caBundle(ref, key)) {
      case Certificates.Read.Good<List<X509Certificate>>(List<X509Certificate> good) ->
          new Read.Good<>(good);
      case Certificates.Read.Bad<List<X509Certificate>>(String why) -> new Read.Bad<>(why);
    };
  }

  @Override
  public Read<ClientCertificate> clientCertificate(ObjectRef secret) {
    return pairs.get(secret);
  }

  @Override
  public Read<ClientCertificate> clientCertificate(ObjectRef from, SecretRef to) {
    ObjectRef target = new ObjectRef(to.kind(), to.namespace().orElse(from.namespace()), to.name());
    if (!to.kind().equals(Kind.SECRET)) {
      return new Read.Bad<>(to.kind() + " is not a Secret; name one");
    }
    return grants.permit(from.kind(), from.namespace(), target)
        ? clientCertificate(target)
        : new Read.Bad<>(Grants.missing(from.kind(), from.namespace(), target));
  }

  @Override
  public Set<String> keys(ObjectRef object) {
    Set<String> keys = new TreeSet<>();
    objects
        .find(object, Secret.class)
        .ifPresent(secret ->
            secret
                .data()
                .forEach((key, value) -> addUnlessEmpty(key, value.reveal().length, keys)));
    objects
        .find(object, ConfigMap.class)
        .ifPresent(
            map -> map.data().forEach((key, value) -> addUnlessEmpty(key, value.length(), keys)));
    return keys;
  }

  private static void addUnlessEmpty(String key, int length, Set<String> into) {
    if (length > 0) {
      into.add(key);
    }
  }

  @Override
  public boolean exists(ObjectRef secret) {
    return objects.find(secret, Secret.class).isPresent();
  }

  @Override
  public Optional<Map<String, String>> entries(ObjectRef configMap) {
    return objects.find(configMap, ConfigMap.class).map(ConfigMap::data);
  }

  private Read<ClientCertificate> readPair(ObjectRef ref) {
    Optional<Secret> found = objects.find(ref, Secret.class);
    if (found.isEmpty()) {
      return new Read.Bad<>(ref + " does not exist");
    }
    Secret secret = found.get();
    boolean generic = !secret.data().containsKey("tls.crt") && secret.data().containsKey("cert");
    String chainKey = generic ? "cert" : "tls.crt";
    String keyKey = generic ? "key" : "tls.key";
    for (String key : List.of(chainKey, keyKey)) {
      if (!secret.data().containsKey(key)) {
        return new Read.Bad<>(ref + " has no key " + key);
      }
    }
    try {
      KeyPair pair = KeyPair.parse(chainKey, text(secret, chainKey), keyKey, text(secret, keyKey));
      return new Read.Good<>(
          new ClientCertificate(ref.namespace() + "/" + ref.name(), pair.chain(), pair.key()));
    } catch (PemException e) {
      return new Read.Bad<>(ref + ", " + e.getMessage());
    }
  }

  private static String text(Secret secret, String key) {
    var value = secret.data().get(key);
    return value == null ? "" : new String(value.reveal(), StandardCharsets.UTF_8);
  }
}
