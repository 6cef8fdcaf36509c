package dev.postern.gatewayapi.resource;

import dev.postern.gatewayapi.resource.BackendTlsPolicy.LocalRef;
import dev.postern.gatewayapi.resource.BackendTlsPolicy.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// postern.dev BackendConnectionPolicy: what the Gateway API cannot say about a backend hop. It is
/// attached as a BackendTLSPolicy is.
///
/// @param protocol absent for what the Service's port says
/// @param pool absent values for the data plane's own
public record BackendConnectionPolicy(
    Metadata metadata,
    String version,
    Origin origin,
    List<TargetRef> targetRefs,
    Optional<Protocol> protocol,
    Optional<Tls> tls,
    Optional<FastCgi> fastCgi,
    Timeouts timeouts,
    Pool pool,
    Optional<LoadBalancing> loadBalancing,
    Optional<HealthCheck> healthCheck,
    Optional<OutlierDetection> outlierDetection)
    implements Resource {

  public BackendConnectionPolicy {
    targetRefs = List.copyOf(targetRefs);
  }

  /// spec.protocol.
  public enum Protocol {
    /// As if nothing were said: HTTP/1.1 in plaintext, the backend's choice over TLS.
    HTTP("HTTP"),
    HTTP11("HTTP11"),
    HTTP2("HTTP2"),
    FASTCGI("FastCGI"),
    /// TLS exactly when the client used it.
    AUTO_HTTP("AutoHTTP");

    private final String text;

    Protocol(String text) {
      this.text = text;
    }

    /// As a manifest writes it.
    public String text() {
      return text;
    }
  }

  /// spec.tls.insecureSkipVerify.
  public enum SkipVerify {
    /// Nothing of the certificate is checked.
    ALL,
    /// The chain and the dates are checked, the name is not.
    HOSTNAME
  }

  /// spec.tls.
  ///
  /// @param skipVerify absent for none, where this object does not turn TLS on
  /// @param caCertificateRefs whom to trust where the name is not checked; none for the system's
  /// @param clientCertificateRef a Secret of the policy's namespace
  /// @param minVersion such as `1.2`
  public record Tls(
      Optional<SkipVerify> skipVerify,
      List<LocalRef> caCertificateRefs,
      Optional<LocalRef> clientCertificateRef,
      Optional<String> minVersion,
      Optional<String> maxVersion,
      List<String> cipherSuites,
      List<String> alpnProtocols) {
    public Tls {
      caCertificateRefs = List.copyOf(caCertificateRefs);
      cipherSuites = List.copyOf(cipherSuites);
      alpnProtocols = List.copyOf(alpnProtocols);
    }
  }

  /// spec.fastCGI.
  ///
  /// @param ingressNginx whether exactly the parameters are sent that ingress-nginx sent
  /// @param paramsConfigMap of the policy's namespace; each entry a parameter, before `params`
  /// @param maxSpooledBytes of a request body whose length is not known beforehand
  public record FastCgi(
      boolean ingressNginx,
      String documentRoot,
      Optional<String> scriptFilename,
      String index,
      List<String> splitPath,
      List<Param> params,
      Optional<String> paramsConfigMap,
      Optional<Long> maxSpooledBytes) {
    public FastCgi {
      splitPath = List.copyOf(splitPath);
      params = List.copyOf(params);
    }
  }

  /// spec.fastCGI.params[].
  public record Param(String name, String value) {}

  /// spec.timeouts.
  ///
  /// @param connect for TCP and TLS together
  /// @param idle of an unused connection; zero for ever
  /// @param streamIdle while a request is under way; zero for ever
  public record Timeouts(
      Optional<Duration> connect, Optional<Duration> idle, Optional<Duration> streamIdle) {}

  /// spec.connectionPool, over all event loops.
  public record Pool(
      Optional<Integer> maxConnections,
      Optional<Integer> maxPendingRequests,
      Optional<Integer> maxRequests) {}

  /// spec.loadBalancing: who of the endpoints gets a request.
  ///
  /// @param hashOn there with [Choice#CONSISTENT_HASH] alone
  public record LoadBalancing(Choice policy, Optional<HashOn> hashOn) {}

  /// spec.loadBalancing.policy.
  public enum Choice {
    LEAST_REQUEST,
    ROUND_ROBIN,
    RANDOM,
    CONSISTENT_HASH
  }

  /// spec.loadBalancing.hashOn.
  ///
  /// @param type `SourceIP`, `Header` or `Cookie`
  /// @param name of the header or the cookie; else empty
  public record HashOn(String type, String name) {}

  /// spec.healthCheck: how endpoints are asked whether they are well.
  ///
  /// @param type `HTTP`, `GRPC` or `TCP`
  /// @param host of the HTTP request; may be empty
  /// @param path of the HTTP request
  /// @param expectedStatuses of the HTTP response; none for 200 alone
  /// @param service that is asked for by gRPC; empty for the server as a whole
  public record HealthCheck(
      String type,
      Duration interval,
      Duration timeout,
      int unhealthyThreshold,
      int healthyThreshold,
      String host,
      String path,
      List<Integer> expectedStatuses,
      String service) {
    public HealthCheck {
      expectedStatuses = List.copyOf(expectedStatuses);
    }
  }

  /// spec.outlierDetection: when an endpoint that keeps failing is left out.
  ///
  /// @param consecutive5xx 0 for not counted
  /// @param consecutiveGatewayErrors 0 for not counted
  public record OutlierDetection(
      Optional<Integer> consecutive5xx,
      Optional<Integer> consecutiveGatewayErrors,
      Optional<Duration> baseEjectionTime,
      Optional<Integer> maxEjectionPercent) {}

  @Override
  public Kind kind() {
    return Kind.BACKEND_CONNECTION_POLICY;
  }
}
