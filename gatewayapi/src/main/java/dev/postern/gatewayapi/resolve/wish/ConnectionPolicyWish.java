package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.AppProtocol;
import dev.postern.gatewayapi.resolve.hop.Authority;
import dev.postern.gatewayapi.resolve.hop.Said;
import dev.postern.gatewayapi.resolve.hop.TlsWish;
import dev.postern.gatewayapi.resolve.hop.TrafficWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Material.Read;
import dev.postern.gatewayapi.resolve.wish.Wished.Note;
import dev.postern.gatewayapi.resolve.wish.Wished.Trouble;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.FastCgi;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Pool;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Protocol;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.SkipVerify;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy.Tls;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FastCgiOptions.Param;
import dev.postern.ir.FastCgiTemplate;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a BackendConnectionPolicy wishes. A reference in it that does not hold spoils all of it.
public final class ConnectionPolicyWish {
  private static final String TLS = "spec.tls";

  private final BackendConnectionPolicy policy;
  private final Material material;
  private final List<Trouble> troubles = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private Wish wish;

  private ConnectionPolicyWish(BackendConnectionPolicy policy, Material material) {
    this.policy = policy;
    this.material = material;
    wish = Wish.nothing(Authority.POSTERN_POLICY, policy.ref());
  }

  /// The wish, for every port alike.
  public static Wished of(BackendConnectionPolicy policy, Material material) {
    ConnectionPolicyWish made = new ConnectionPolicyWish(policy, material);
    made.fill();
    for (Trouble trouble : made.troubles) {
      made.wish =
          made.wish.withInvalid(
              trouble.field(), policy.ref() + " cannot be followed: " + trouble.message());
    }
    return new Wished(made.wish, made.troubles, made.notes);
  }

  private void fill() {
    policy.protocol().ifPresent(p -> wish = wish.withProtocol("spec.protocol", protocol(p)));
    policy.fastCgi().ifPresent(this::fastCgi);
    policy.tls().ifPresent(this::tls);
    Pool pool = policy.pool();
    wish =
        wish.withTraffic(
            TrafficWish.limits(
                    Said.of("spec.timeouts.connect", policy.timeouts().connect()),
                    Said.of("spec.timeouts.idle", policy.timeouts().idle()),
                    Said.of(
                        "spec.connectionPool",
                        Limits.of(
                            pool.maxConnections(), pool.maxPendingRequests(), pool.maxRequests())))
                .withStreamIdleTimeout(
                    Said.of("spec.timeouts.streamIdle", policy.timeouts().streamIdle()))
                .withBalancing(
                    Said.of("spec.loadBalancing", policy.loadBalancing().map(Balancing::lbPolicy)),
                    Said.of("spec.healthCheck", policy.healthCheck().map(Balancing::healthCheck)),
                    Said.of(
                        "spec.outlierDetection",
                        policy.outlierDetection().map(Balancing::outlierDetection))));
  }

  private static AppProtocol protocol(Protocol protocol) {
    return switch (protocol) {
      case HTTP -> AppProtocol.UNSET;
      case HTTP11 -> AppProtocol.HTTP;
      case HTTP2 -> AppProtocol.HTTP2;
      case FASTCGI -> AppProtocol.FASTCGI;
      case AUTO_HTTP -> AppProtocol.AUTO_HTTP;
    };
  }

  private void tls(Tls tls) {
    tls.skipVerify()
        .ifPresent(skip -> wish = wish.withTls(TLS + ".insecureSkipVerify", skip(skip, tls)));
    tls.clientCertificateRef().ifPresent(this::clientCertificate);
    TlsParameters parameters =
        Parameters.of(tls.minVersion(), tls.maxVersion(), tls.cipherSuites(), tls.alpnProtocols());
    Parameters.unknownCiphers(parameters.cipherSuites())
        .ifPresent(why -> troubles.add(new Trouble(TLS + ".cipherSuites", false, why)));
    if (!parameters.equals(TlsParameters.DEFAULT)) {
      wish = wish.withTlsParameters(TLS, parameters);
    }
  }

  private TlsWish skip(SkipVerify skip, Tls tls) {
    List<SubjectName> anyName = List.of(new SubjectName.Any());
    if (skip == SkipVerify.ALL) {
      return new TlsWish.On("", new Trust.Unverified(), anyName);
    }
    if (tls.caCertificateRefs().isEmpty()) {
      return new TlsWish.On("", new Trust.System(), anyName);
    }
    return switch (Authorities.read(
        material, policy.metadata().namespace(), tls.caCertificateRefs())) {
      case Read.Good<Trust>(Trust trust) -> new TlsWish.On("", trust, anyName);
      case Read.Bad<Trust>(String why) -> {
        troubles.add(new Trouble(TLS + ".caCertificateRefs", true, "caCertificateRefs: " + why));
        yield new TlsWish.Invalid(why);
      }
    };
  }

  private void clientCertificate(LocalRef ref) {
    String field = TLS + ".clientCertificateRef";
    if (!ref.kind().equals(Kind.SECRET)) {
      troubles.add(
          new Trouble(
              field, true, "clientCertificateRef: " + ref.kind() + " is not a Secret; name one"));
      return;
    }
    ObjectRef secret = new ObjectRef(Kind.SECRET, policy.metadata().namespace(), ref.name());
    switch (material.clientCertificate(secret)) {
      case Read.Good<ClientCertificate>(ClientCertificate certificate) ->
          wish = wish.withClientCertificate(field, certificate);
      case Read.Bad<ClientCertificate>(String why) ->
          troubles.add(new Trouble(field, true, "clientCertificateRef: " + why));
    }
  }

  private void fastCgi(FastCgi fastCgi) {
    Map<String, String> shared = Map.of();
    if (fastCgi.paramsConfigMap().isPresent()) {
      ObjectRef ref =
          new ObjectRef(
              Kind.CONFIG_MAP, policy.metadata().namespace(), fastCgi.paramsConfigMap().get());
      Optional<Map<String, String>> found = material.entries(ref);
      if (found.isEmpty()) {
        troubles.add(
            new Trouble(
                "spec.fastCGI.paramsConfigMapRef",
                true,
                "paramsConfigMapRef: " + ref + " does not exist"));
        return;
      }
      shared = found.get();
    }
    List<Param> params = params(fastCgi.params(), shared);
    for (Param param : params) {
      for (String variable : FastCgiTemplate.parse(param.value()).unknown()) {
        notes.add(
            new Note(
                "spec.fastCGI.params",
                "$"
                    + variable
                    + " in "
                    + param.name()
                    + " is no variable that Postern has; nothing is sent in its place."));
      }
    }
    wish =
        wish.withFastCgi(
            "spec.fastCGI",
            new FastCgiOptions(
                fastCgi.ingressNginx()
                    ? FastCgiOptions.Parameters.INGRESS_NGINX
                    : FastCgiOptions.Parameters.STANDARD,
                fastCgi.documentRoot(),
                fastCgi.scriptFilename(),
                fastCgi.index(),
                fastCgi.splitPath(),
                params,
                fastCgi.maxSpooledBytes().orElse(FastCgiOptions.DEFAULT_MAX_SPOOLED_OCTETS)));
  }

  /// Those of the ConfigMap by name, as ingress-nginx sent them, then the policy's own.
  private static List<Param> params(
      List<BackendConnectionPolicy.Param> own, Map<String, String> shared) {
    Set<String> names = new HashSet<>();
    own.forEach(param -> names.add(param.name()));
    List<Param> all = new ArrayList<>();
    new TreeMap<>(shared)
        .forEach((name, value) -> {
          if (!names.contains(name)) {
            all.add(new Param(name, value));
          }
        });
    own.forEach(param -> all.add(new Param(param.name(), param.value())));
    return all;
  }
}
