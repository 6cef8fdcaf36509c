package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.resolve.wish.Material;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.Kind;
import java.util.List;
import java.util.Map;

/// Whatever has a say in backend hops besides Services, BackendTLSPolicies and Gateways, wired.
record ConnectionSources(
    XBackends xBackends,
    PolicyTargets policyTargets,
    ConnectionPolicies policies,
    TrafficPolicies trafficPolicies,
    EnvoyBackends envoyBackends,
    KgatewayBackends kgatewayBackends,
    ConfigPolicies configPolicies,
    DestinationRules destinationRules) {

  static ConnectionSources of(
      Memo memo,
      Objects objects,
      Grants grants,
      Certificates certificates,
      PolicyValidation validation) {
    Material material = new MaterialOfObjects(memo, objects, certificates, grants);
    PolicyTargets targets =
        new PolicyTargets(
            memo,
            objects,
            Kind.BACKEND_CONNECTION_POLICY,
            BackendConnectionPolicy.class,
            BackendConnectionPolicy::targetRefs);
    return new ConnectionSources(
        new XBackends(memo, objects, validation, material),
        targets,
        new ConnectionPolicies(memo, objects, targets, material),
        new TrafficPolicies(memo, objects),
        new EnvoyBackends(memo, objects, material),
        new KgatewayBackends(objects),
        new ConfigPolicies(memo, objects, material),
        new DestinationRules(memo, objects, material));
  }

  /// All kinds that a backendRef may name.
  Map<Kind, BackendSource> backends(BackendSource services) {
    return Map.of(
        Kind.SERVICE,
        services,
        Kind.X_BACKEND,
        xBackends,
        Kind.ENVOY_BACKEND,
        envoyBackends,
        Kind.KGATEWAY_BACKEND,
        kgatewayBackends);
  }

  /// What a Backend says of itself goes before what a policy says of it. DestinationRules come
  /// last, and depend on who asks.
  List<WishSource> wishes() {
    return List.of(xBackends, policies, trafficPolicies, envoyBackends, configPolicies);
  }
}
