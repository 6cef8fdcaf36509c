package dev.postern.provider.directory;

import dev.postern.gatewayapi.resource.BackendConfigPolicy;
import dev.postern.gatewayapi.resource.BackendConnectionPolicy;
import dev.postern.gatewayapi.resource.BackendTlsPolicy;
import dev.postern.gatewayapi.resource.BackendTrafficPolicy;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.ConfigMap;
import dev.postern.gatewayapi.resource.DestinationRule;
import dev.postern.gatewayapi.resource.EndpointSlice;
import dev.postern.gatewayapi.resource.EnvoyBackend;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.GrpcRoute;
import dev.postern.gatewayapi.resource.HttpRoute;
import dev.postern.gatewayapi.resource.KgatewayBackend;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Namespace;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ReferenceGrant;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.resource.Secret;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.gatewayapi.resource.XBackend;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts versions of a spec, as an API server does.
final class Generations {
  private static final Metadata BLANK = new Metadata("", "", 0, Instant.EPOCH, Map.of(), Map.of());

  private Generations() {}

  /// The object with its generation: one more than before when the spec differs, else as before,
  /// but never less than its file says. What is new stays the same instance, and so does what was
  /// made at another time: it is another object of the same name.
  static Resource stamp(Resource read, @Nullable Resource before) {
    if (before == null || isAnother(read.metadata(), before.metadata())) {
      return read;
    }
    Metadata metadata = read.metadata();
    long last = before.metadata().generation();
    long generation = Math.max(metadata.generation(), isSameSpec(read, before) ? last : last + 1);
    return generation == metadata.generation()
        ? read
        : with(
            read,
            new Metadata(
                metadata.namespace(),
                metadata.name(),
                generation,
                metadata.creationTimestamp(),
                metadata.labels(),
                metadata.annotations()),
            read.version(),
            read.origin());
  }

  private static boolean isAnother(Metadata a, Metadata b) {
    return !a.creationTimestamp().equals(b.creationTimestamp())
        && !a.creationTimestamp().equals(Instant.EPOCH)
        && !b.creationTimestamp().equals(Instant.EPOCH);
  }

  private static boolean isSameSpec(Resource a, Resource b) {
    return with(a, BLANK, "", Origin.UNKNOWN).equals(with(b, BLANK, "", Origin.UNKNOWN));
  }

  private static Resource with(
      Resource resource, Metadata metadata, String version, Origin origin) {
    return switch (resource) {
      case GatewayClass r ->
          new GatewayClass(metadata, version, origin, r.controllerName(), r.parametersRef());
      case Gateway r ->
          new Gateway(
              metadata,
              version,
              origin,
              r.gatewayClassName(),
              r.listeners(),
              r.addresses(),
              r.infrastructureLabels(),
              r.infrastructureAnnotations(),
              r.parametersRef(),
              r.clientCertificateRef(),
              r.frontend(),
              r.allowedListeners(),
              r.unsupported());
      case ListenerSet r ->
          new ListenerSet(metadata, version, origin, r.parentRef(), r.listeners());
      case HttpRoute r ->
          new HttpRoute(
              metadata, version, origin, r.parentRefs(), r.hostnames(), r.rules(), r.unsupported());
      case GrpcRoute r ->
          new GrpcRoute(
              metadata, version, origin, r.parentRefs(), r.hostnames(), r.rules(), r.unsupported());
      case ByteRoute r ->
          new ByteRoute(
              r.kind(),
              metadata,
              version,
              origin,
              r.parentRefs(),
              r.hostnames(),
              r.rules(),
              r.unsupported());
      case ReferenceGrant r -> new ReferenceGrant(metadata, version, origin, r.from(), r.to());
      case BackendTlsPolicy r ->
          new BackendTlsPolicy(
              metadata,
              version,
              origin,
              r.targetRefs(),
              r.hostname(),
              r.caCertificateRefs(),
              r.wellKnownCaCertificates(),
              r.subjectAltNames(),
              r.options(),
              r.refusal());
      case BackendConnectionPolicy r ->
          new BackendConnectionPolicy(
              metadata,
              version,
              origin,
              r.targetRefs(),
              r.protocol(),
              r.tls(),
              r.fastCgi(),
              r.timeouts(),
              r.pool(),
              r.loadBalancing(),
              r.healthCheck(),
              r.outlierDetection());
      case BackendTrafficPolicy r ->
          new BackendTrafficPolicy(
              metadata,
              version,
              origin,
              r.targetRefs(),
              r.retryConstraint(),
              r.sessionPersistence());
      case XBackend r ->
          new XBackend(
              metadata,
              version,
              origin,
              r.hostname(),
              r.port(),
              r.portName(),
              r.protocol(),
              r.tls());
      case EnvoyBackend r ->
          new EnvoyBackend(
              metadata, version, origin, r.type(), r.endpoints(), r.appProtocols(), r.tls());
      case KgatewayBackend r ->
          new KgatewayBackend(metadata, version, origin, r.hosts(), r.appProtocol(), r.otherType());
      case BackendConfigPolicy r ->
          new BackendConfigPolicy(
              metadata,
              version,
              origin,
              r.targetRefs(),
              r.targetSelectors(),
              r.connectTimeout(),
              r.idleTimeout(),
              r.maxConnections(),
              r.maxPendingRequests(),
              r.maxRequests(),
              r.tls(),
              r.loadBalancing(),
              r.healthCheck(),
              r.outlierDetection(),
              r.refusal());
      case DestinationRule r ->
          new DestinationRule(
              metadata,
              version,
              origin,
              r.host(),
              r.workloads(),
              r.exportTo(),
              r.trafficPolicy(),
              r.portLevelSettings(),
              r.refusal());
      case Namespace ignored -> new Namespace(metadata, version, origin);
      case Service r ->
          new Service(
              metadata,
              version,
              origin,
              r.type(),
              r.externalName(),
              r.sessionAffinity(),
              r.ports());
      case EndpointSlice r ->
          new EndpointSlice(metadata, version, origin, r.addressType(), r.endpoints(), r.ports());
      case ConfigMap r -> new ConfigMap(metadata, version, origin, r.data());
      case Secret r -> new Secret(metadata, version, origin, r.type(), r.data());
    };
  }
}
