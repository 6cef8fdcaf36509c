package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.wish.Material.Read;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.UpstreamTls.Trust;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Whom to trust by a list of references. One that does not hold spoils all: a kind that cannot say
/// so in a status must not trust less than its author thinks, nor more.
final class Authorities {
  private Authorities() {}

  static Read<Trust> read(Material material, String namespace, List<LocalRef> refs) {
    Set<X509Certificate> anchors = new LinkedHashSet<>();
    List<String> problems = new ArrayList<>();
    for (LocalRef ref : refs) {
      if (!ref.kind().equals(Kind.CONFIG_MAP) && !ref.kind().equals(Kind.SECRET)) {
        problems.add(
            ref.kind()
                + " "
                + ref.name()
                + " cannot hold a CA certificate; refer to a ConfigMap or Secret with the key"
                + " ca.crt");
        continue;
      }
      switch (material.authorities(new ObjectRef(ref.kind(), namespace, ref.name()))) {
        case Read.Good<List<X509Certificate>>(List<X509Certificate> good) -> anchors.addAll(good);
        case Read.Bad<List<X509Certificate>>(String why) -> problems.add(why);
      }
    }
    return problems.isEmpty()
        ? new Read.Good<>(new Trust.Anchors(List.copyOf(anchors)))
        : new Read.Bad<>(String.join("; ", problems));
  }
}
