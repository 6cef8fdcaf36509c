package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.resource.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The kinds that are read, and what is said about the others.
final class KindTable {

  /// @param versions served, the best first
  record Entry(Kind kind, List<String> versions, boolean namespaced, Obj schema, Decoder decoder) {
    /// The shape in one of the versions, which is that of the best one but for a few.
    Obj schema(String version) {
      if (!version.equals("v1alpha2")) {
        return schema;
      }
      if (kind.equals(Kind.TLS_ROUTE)) {
        return ByteRouteSchema.TLS_ROUTE_V1ALPHA2;
      }
      return kind.equals(Kind.TCP_ROUTE) || kind.equals(Kind.UDP_ROUTE)
          ? ByteRouteSchema.ROUTE_V1ALPHA2
          : schema;
    }

    /// As a manifest writes it.
    String apiVersion() {
      return kind.group().isEmpty()
          ? versions.getFirst()
          : kind.group() + "/" + versions.getFirst();
    }
  }

  private static final Map<Kind, Entry> ENTRIES = new HashMap<>();
  private static final Map<String, Entry> BY_NAME = new HashMap<>();

  static {
    add(
        Kind.GATEWAY_CLASS,
        List.of("v1", "v1beta1"),
        false,
        GatewaySchema.GATEWAY_CLASS,
        GatewayDecoder::gatewayClass);
    add(
        Kind.GATEWAY,
        List.of("v1", "v1beta1"),
        true,
        GatewaySchema.GATEWAY,
        GatewayDecoder::gateway);
    add(
        Kind.HTTP_ROUTE,
        List.of("v1", "v1beta1"),
        true,
        HttpRouteSchema.HTTP_ROUTE,
        HttpRouteDecoder::route);
    add(Kind.GRPC_ROUTE, List.of("v1"), true, GrpcRouteSchema.GRPC_ROUTE, GrpcRouteDecoder::route);
    add(
        Kind.TLS_ROUTE,
        List.of("v1", "v1alpha3", "v1alpha2"),
        true,
        ByteRouteSchema.TLS_ROUTE,
        ByteRouteDecoder.of(Kind.TLS_ROUTE));
    add(
        Kind.TCP_ROUTE,
        List.of("v1", "v1alpha2"),
        true,
        ByteRouteSchema.ROUTE,
        ByteRouteDecoder.of(Kind.TCP_ROUTE));
    add(
        Kind.UDP_ROUTE,
        List.of("v1", "v1alpha2"),
        true,
        ByteRouteSchema.ROUTE,
        ByteRouteDecoder.of(Kind.UDP_ROUTE));
    add(
        Kind.LISTENER_SET,
        List.of("v1"),
        true,
        GatewaySchema.LISTENER_SET,
        GatewayDecoder::listenerSet);
    add(
        Kind.BACKEND_TLS_POLICY,
        List.of("v1", "v1alpha3"),
        true,
        PolicySchema.BACKEND_TLS_POLICY,
        PolicyDecoder::backendTlsPolicy);
    add(
        Kind.BACKEND_CONNECTION_POLICY,
        List.of("v1alpha1"),
        true,
        ConnectionPolicySchema.BACKEND_CONNECTION_POLICY,
        ConnectionPolicyDecoder::policy);
    add(
        Kind.X_BACKEND,
        List.of("v1alpha1"),
        true,
        XBackendSchema.X_BACKEND,
        XBackendDecoder::backend);
    add(
        Kind.X_BACKEND_TRAFFIC_POLICY,
        List.of("v1alpha1"),
        true,
        BackendTrafficPolicySchema.X_BACKEND_TRAFFIC_POLICY,
        BackendTrafficPolicyDecoder::policy);
    add(
        Kind.ENVOY_BACKEND,
        List.of("v1alpha1"),
        true,
        EnvoyGatewaySchema.BACKEND,
        EnvoyGatewayDecoder::backend);
    add(
        Kind.KGATEWAY_BACKEND,
        List.of("v1alpha1"),
        true,
        KgatewaySchema.BACKEND,
        KgatewayDecoder::backend);
    add(
        Kind.BACKEND_CONFIG_POLICY,
        List.of("v1alpha1"),
        true,
        KgatewaySchema.BACKEND_CONFIG_POLICY,
        KgatewayDecoder::policy);
    add(
        Kind.DESTINATION_RULE,
        List.of("v1", "v1beta1", "v1alpha3"),
        true,
        IstioSchema.DESTINATION_RULE,
        IstioDecoder::destinationRule);
    add(
        Kind.REFERENCE_GRANT,
        List.of("v1", "v1beta1"),
        true,
        PolicySchema.REFERENCE_GRANT,
        PolicyDecoder::referenceGrant);
    add(Kind.NAMESPACE, List.of("v1"), false, CoreSchema.NAMESPACE, CoreDecoder::namespace);
    add(Kind.SERVICE, List.of("v1"), true, CoreSchema.SERVICE, CoreDecoder::service);
    add(Kind.SECRET, List.of("v1"), true, CoreSchema.SECRET, CoreDecoder::secret);
    add(Kind.CONFIG_MAP, List.of("v1"), true, CoreSchema.CONFIG_MAP, CoreDecoder::configMap);
    add(
        Kind.ENDPOINT_SLICE,
        List.of("v1"),
        true,
        CoreSchema.ENDPOINT_SLICE,
        CoreDecoder::endpointSlice);
  }

  /// Kinds of others that bear the names of ours.
  private static final Map<String, Set<String>> NAMESAKES =
      Map.of(
          "Gateway", Set.of("networking.istio.io", "serving.knative.dev", "networking.gke.io"),
          "Service", Set.of("serving.knative.dev"));

  /// Groups whose kinds live beside a gateway and are none of its business.
  private static final Set<String> OTHER_GROUPS =
      Set.of(
          "",
          "apps",
          "batch",
          "autoscaling",
          "policy",
          "networking.k8s.io",
          "discovery.k8s.io",
          "rbac.authorization.k8s.io",
          "apiextensions.k8s.io",
          "admissionregistration.k8s.io",
          "storage.k8s.io",
          "scheduling.k8s.io",
          "coordination.k8s.io",
          "apiregistration.k8s.io",
          "certificates.k8s.io",
          "events.k8s.io",
          "kustomize.config.k8s.io",
          "cert-manager.io",
          "monitoring.coreos.com",
          "networking.istio.io",
          "serving.knative.dev",
          "security.istio.io",
          "telemetry.istio.io");

  private KindTable() {}

  private static void add(
      Kind kind, List<String> versions, boolean namespaced, Obj schema, Decoder decoder) {
    Entry entry = new Entry(kind, versions, namespaced, schema, decoder);
    ENTRIES.put(kind, entry);
    BY_NAME.putIfAbsent(kind.kind(), entry);
  }

  static @Nullable Entry of(Kind kind) {
    return ENTRIES.get(kind);
  }

  /// An entry with that kind's name, in whatever group.
  static @Nullable Entry named(String kind) {
    return BY_NAME.get(kind);
  }

  /// All entries.
  static List<Entry> all() {
    return List.copyOf(ENTRIES.values());
  }

  static Set<String> names() {
    return new TreeSet<>(BY_NAME.keySet());
  }

  static boolean isForeignNamesake(String group, String kind) {
    return NAMESAKES.getOrDefault(kind, Set.of()).contains(group);
  }

  static boolean isOtherGroup(String group) {
    return OTHER_GROUPS.contains(group);
  }
}
