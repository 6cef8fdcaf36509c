package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.wish.Wished;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.gatewayapi.resource.XBackend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the insecureSkipVerify of a BackendConnectionPolicy counts, port by port as hops are
/// decided: not where a BackendTLSPolicy or an XBackend's own tls goes before it.
final class SkippedVerification {
  private static final String BY_POLICY = ", which a BackendTLSPolicy verifies";
  private static final String BY_ITSELF = ", whose own spec.tls decides";
  private static final String BY_NOBODY = "";

  private final Objects objects;
  private final ConnectionSources sources;
  private final PolicyTargets tlsPolicies;

  SkippedVerification(Objects objects, ConnectionSources sources, PolicyTargets tlsPolicies) {
    this.objects = objects;
    this.sources = sources;
    this.tlsPolicies = tlsPolicies;
  }

  /// What is not verified, and who says otherwise about the rest.
  ///
  /// @param others words about what it has no effect on
  record Judged(List<String> unverified, List<String> others) {}

  Judged of(BackendConnectionPolicy policy, List<TargetRef> targets) {
    List<String> unverified = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (TargetRef target : targets) {
      unverified.addAll(said(policy, target, BY_NOBODY));
      for (String who : List.of(BY_POLICY, BY_ITSELF)) {
        for (String what : said(policy, target, who)) {
          others.add("insecureSkipVerify has no effect on " + what + who);
        }
      }
    }
    return new Judged(unverified, others);
  }

  /// The ports of a target about which the same is to be said: all of them, or by name.
  private List<String> said(BackendConnectionPolicy policy, TargetRef target, String who) {
    ObjectRef backend = PolicyTargets.service(policy.ref(), target);
    Map<String, String> all = new LinkedHashMap<>();
    for (String port : ports(backend, target)) {
      if (sources.policyTargets().ofPort(backend, port).indexOf(policy.ref()) == 0) {
        all.put(port, decider(backend, port));
      }
    }
    List<String> named = all.keySet().stream().filter(port -> who.equals(all.get(port))).toList();
    return named.size() == all.size() && !named.isEmpty()
        ? List.of(backend.toString())
        : named.stream().map(port -> backend + ", port " + port).toList();
  }

  private String decider(ObjectRef backend, String port) {
    if (!tlsPolicies.ofPort(backend, port).isEmpty()) {
      return BY_POLICY;
    }
    Optional<Wished> own = sources.xBackends().wished(backend);
    return own.isPresent() && own.get().wish().tls().isPresent() ? BY_ITSELF : BY_NOBODY;
  }

  private List<String> ports(ObjectRef backend, TargetRef target) {
    if (target.sectionName().isPresent()) {
      return List.of(target.sectionName().get());
    }
    Optional<XBackend> external = objects.find(backend, XBackend.class);
    if (external.isPresent()) {
      return List.of(external.get().portName());
    }
    List<String> names =
        objects.find(backend, Service.class).map(Service::ports).orElse(List.of()).stream()
            .filter(port -> !PolicyTargets.isUdp(port))
            .map(Service.Port::name)
            .toList();
    return names.isEmpty() ? List.of("") : names;
  }
}
