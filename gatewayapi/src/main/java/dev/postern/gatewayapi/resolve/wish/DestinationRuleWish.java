package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.AppProtocol;
import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.TlsWish;
import dev.postern.gatewayapi.resolve.hop.TrafficWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Material.Read;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.DestinationRule.PortPolicy;
import dev.postern.gatewayapi.resource.DestinationRule.Tls;
import dev.postern.gatewayapi.resource.DestinationRule.TrafficPolicy;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What an Istio DestinationRule wishes for a port. Settings of a port stand for the whole
/// trafficPolicy there.
public final class DestinationRuleWish {
  private static final String CONFIG_MAP = "configmap://";
  private static final List<String> REVOCATION_LISTS = List.of("ca.crl", "crl");
  private static final String NO_LISTS =
      "; revocation lists are not read, so remove it, or use a CA of which nothing is revoked";

  private final DestinationRule rule;
  private final Material material;

  private DestinationRuleWish(DestinationRule rule, Material material) {
    this.rule = rule;
    this.material = material;
  }

  public static Wished of(DestinationRule rule, int port, Material material) {
    if (rule.refusal().isPresent()) {
      return Foreign.refused(
          Wish.nothing(Authority.FOREIGN, rule.ref()),
          "spec.trafficPolicy.tls",
          rule.refusal().get());
    }
    DestinationRuleWish made = new DestinationRuleWish(rule, material);
    List<PortPolicy> ports = rule.portLevelSettings();
    for (int i = 0; i < ports.size(); i++) {
      if (ports.get(i).port() == port) {
        String at = "spec.trafficPolicy.portLevelSettings[" + i + "]";
        Wished wished = made.of(at, ports.get(i).policy());
        return made.losesTls(ports.get(i).policy())
            ? Foreign.refuse(
                wished.wish(),
                at,
                "",
                "says nothing of tls for port "
                    + port
                    + ", so that the rule's own tls, which does not count there, would be plaintext;"
                    + " repeat tls there, or say mode: DISABLE")
            : wished;
      }
    }
    return rule.trafficPolicy()
        .map(policy -> made.of("spec.trafficPolicy", policy))
        .orElseGet(() -> new Wished(Wish.nothing(Authority.FOREIGN, rule.ref()), List.of()));
  }

  /// Istio takes nothing of the rule's own for a port that has settings, and says nothing of it.
  private boolean losesTls(TrafficPolicy ofPort) {
    return ofPort.tls().isEmpty()
        && rule.trafficPolicy()
            .flatMap(TrafficPolicy::tls)
            .filter(tls -> !tls.mode().equals("DISABLE"))
            .isPresent();
  }

  /// For the rule as a whole and for each port that it names.
  public static List<Wished> all(DestinationRule rule, Material material) {
    List<Wished> all = new ArrayList<>(List.of(of(rule, 0, material)));
    rule.portLevelSettings().forEach(port -> all.add(of(rule, port.port(), material)));
    return all;
  }

  private Wished of(String at, TrafficPolicy policy) {
    Wish wish = Wish.nothing(Authority.FOREIGN, rule.ref());
    String pool = at + ".connectionPool";
    if (policy.http2()) {
      wish = wish.withProtocol(pool + ".http.h2UpgradePolicy", AppProtocol.HTTP2);
    }
    wish =
        wish.withTraffic(
            TrafficWish.limits(
                    Said.of(pool + ".tcp.connectTimeout", policy.connectTimeout()),
                    Said.of(pool + ".http.idleTimeout", policy.idleTimeout()),
                    Said.of(
                        pool,
                        Limits.of(
                            policy.maxConnections(),
                            policy.maxPendingRequests(),
                            policy.maxRequests())))
                .withBalancing(
                    Said.of(at + ".loadBalancer", policy.loadBalancing().map(Balancing::lbPolicy)),
                    Optional.empty(),
                    Said.of(
                        at + ".outlierDetection",
                        policy.outlierDetection().map(Balancing::outlierDetection))));
    return policy.tls().isPresent()
        ? tls(at + ".tls", policy.tls().get(), wish)
        : new Wished(wish, List.of());
  }

  private Wished tls(String at, Tls tls, Wish wish) {
    if (tls.mode().equals("DISABLE")) {
      return Foreign.follow(wish, at, new TlsWish.Off());
    }
    if (tls.mode().equals("ISTIO_MUTUAL")) {
      return Foreign.refuse(
          wish,
          at,
          ".mode",
          "asks for the mesh's own certificates, which Postern does not have; use SIMPLE or MUTUAL"
              + " with credentialName, or a BackendTLSPolicy");
    }
    if (!tls.files().isEmpty()) {
      return Foreign.refuse(
          wish,
          at,
          "." + tls.files().getFirst(),
          "names a file of the proxy's pod in "
              + tls.files().getFirst()
              + (tls.files().getFirst().equals("caCrl")
                  ? NO_LISTS
                  : "; put it into a Secret and name that in credentialName"));
    }
    return tls.mode().equals("MUTUAL") ? mutual(at, tls, wish) : verified(at, tls, wish);
  }

  private Wished mutual(String at, Tls tls, Wish wish) {
    if (tls.credentialName().isEmpty()) {
      return Foreign.refuse(
          wish, at, "", "says MUTUAL and no certificate to show; add credentialName");
    }
    return switch (material.clientCertificate(secret(tls.credentialName().get()))) {
      case Read.Good<ClientCertificate>(ClientCertificate certificate) ->
          verified(at, tls, wish.withClientCertificate(at + ".credentialName", certificate));
      case Read.Bad<ClientCertificate>(String why) ->
          Foreign.refuse(wish, at, ".credentialName", "has no certificate to show: " + why);
    };
  }

  private ObjectRef secret(String name) {
    return new ObjectRef(Kind.SECRET, rule.metadata().namespace(), name);
  }

  private Wished verified(String at, Tls tls, Wish wish) {
    Optional<String> sni = tls.sni().map(name -> name.toLowerCase(Locale.ROOT));
    if (tls.insecureSkipVerify()) {
      return Foreign.follow(wish, at, Foreign.unverified(sni));
    }
    Read<Trust> trust = trust(tls);
    if (trust instanceof Read.Bad<Trust>(String why)) {
      return Foreign.refuse(wish, at, ".credentialName", why);
    }
    if (tls.subjectAltNames().isEmpty()) {
      return Foreign.refuse(
          wish,
          at,
          "",
          sni.isPresent()
              ? "has an sni without subjectAltNames, so that any certificate of the CA would do; add"
                  + " subjectAltNames: ["
                  + sni.get()
                  + "]"
                  + Foreign.OPENLY
              : "says no name to verify, and the client's Host header is not taken for one; add sni"
                  + " and subjectAltNames"
                  + Foreign.OPENLY);
    }
    if (Foreign.isWildcard(tls.subjectAltNames())) {
      return Foreign.refuse(
          wish,
          at,
          ".subjectAltNames",
          "lists a name with a wildcard, or an empty one; list the names that may be shown");
    }
    List<SubjectName> names = Foreign.names(tls.subjectAltNames());
    String first =
        names.stream()
            .flatMap(name ->
                name instanceof SubjectName.Dns(String dns) ? Optional.of(dns).stream() : none())
            .findFirst()
            .orElse("");
    return Foreign.follow(
        wish, at, new TlsWish.On(sni.orElse(first), ((Read.Good<Trust>) trust).value(), names));
  }

  private static java.util.stream.Stream<String> none() {
    return java.util.stream.Stream.empty();
  }

  private Read<Trust> trust(Tls tls) {
    if (tls.credentialName().isEmpty()) {
      return new Read.Good<>(new Trust.System());
    }
    String name = tls.credentialName().get();
    if (name.startsWith(CONFIG_MAP)) {
      String[] parts = name.substring(CONFIG_MAP.length()).split("/", -1);
      if (parts.length != 2 || !parts[0].equals(rule.metadata().namespace())) {
        return new Read.Bad<>(
            "names a ConfigMap that is not "
                + CONFIG_MAP
                + rule.metadata().namespace()
                + "/<name>; it must be of the rule's own namespace");
      }
      return anchors(new ObjectRef(Kind.CONFIG_MAP, parts[0], parts[1]));
    }
    ObjectRef apart = secret(name + "-cacert");
    return anchors(material.exists(apart) ? apart : secret(name));
  }

  /// As Istio reads them: `cacert` goes before `ca.crt`. A list of what is revoked is beside it.
  private Read<Trust> anchors(ObjectRef ref) {
    Set<String> keys = material.keys(ref);
    Optional<String> list = REVOCATION_LISTS.stream().filter(keys::contains).findFirst();
    if (list.isPresent()) {
      return new Read.Bad<>("names " + ref + ", which has the key " + list.get() + NO_LISTS);
    }
    return switch (material.authorities(ref, keys.contains("cacert") ? "cacert" : "ca.crt")) {
      case Read.Good<List<X509Certificate>>(List<X509Certificate> anchors) ->
          new Read.Good<>(new Trust.Anchors(anchors));
      case Read.Bad<List<X509Certificate>>(String why) ->
          new Read.Bad<>("does not say whom to trust, since " + why);
    };
  }
}
