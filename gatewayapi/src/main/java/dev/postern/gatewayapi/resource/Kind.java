package dev.postern.gatewayapi.resource;

/// An API group and kind, without the version.
///
/// @param group empty for the core group
public record Kind(String group, String kind) {
  public static final String GATEWAY_API = "gateway.networking.k8s.io";

  public static final Kind GATEWAY_CLASS = new Kind(GATEWAY_API, "GatewayClass");
  public static final Kind GATEWAY = new Kind(GATEWAY_API, "Gateway");
  public static final Kind HTTP_ROUTE = new Kind(GATEWAY_API, "HTTPRoute");
  public static final Kind GRPC_ROUTE = new Kind(GATEWAY_API, "GRPCRoute");
  public static final Kind TLS_ROUTE = new Kind(GATEWAY_API, "TLSRoute");
  public static final Kind TCP_ROUTE = new Kind(GATEWAY_API, "TCPRoute");
  public static final Kind UDP_ROUTE = new Kind(GATEWAY_API, "UDPRoute");
  public static final Kind LISTENER_SET = new Kind(GATEWAY_API, "ListenerSet");
  public static final Kind REFERENCE_GRANT = new Kind(GATEWAY_API, "ReferenceGrant");
  public static final Kind BACKEND_TLS_POLICY = new Kind(GATEWAY_API, "BackendTLSPolicy");
  public static final Kind BACKEND_CONNECTION_POLICY =
      new Kind("postern.dev", "BackendConnectionPolicy");
  public static final Kind X_BACKEND = new Kind("gateway.networking.x-k8s.io", "XBackend");
  public static final Kind X_BACKEND_TRAFFIC_POLICY =
      new Kind("gateway.networking.x-k8s.io", "XBackendTrafficPolicy");
  public static final Kind ENVOY_BACKEND = new Kind("gateway.envoyproxy.io", "Backend");
  public static final Kind KGATEWAY_BACKEND = new Kind("gateway.kgateway.dev", "Backend");
  public static final Kind BACKEND_CONFIG_POLICY =
      new Kind("gateway.kgateway.dev", "BackendConfigPolicy");
  public static final Kind DESTINATION_RULE = new Kind("networking.istio.io", "DestinationRule");
  public static final Kind NAMESPACE = new Kind("", "Namespace");
  public static final Kind SERVICE = new Kind("", "Service");
  public static final Kind SECRET = new Kind("", "Secret");
  public static final Kind CONFIG_MAP = new Kind("", "ConfigMap");
  public static final Kind ENDPOINT_SLICE = new Kind("discovery.k8s.io", "EndpointSlice");

  // Written out, as references are keys everywhere and the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof Kind that && kind.equals(that.kind) && group.equals(that.group);
  }

  @Override
  public int hashCode() {
    return 31 * group.hashCode() + kind.hashCode();
  }

  @Override
  public String toString() {
    return group.isEmpty() ? kind : kind + "." + group;
  }
}
