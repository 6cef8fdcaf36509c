package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.ParentRef;
import dev.postern.gatewayapi.status.Condition;
import dev.postern.gatewayapi.status.Condition.Truth;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.FilterChain;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VersionedMap;
import dev.postern.ir.VirtualHost;
import dev.postern.ir.WeightedBackend;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatSchema;
import dev.postern.stats.StatSchema.Stat;
import dev.postern.stats.StatSchema.Type;
import dev.postern.stats.StatStore;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A small gateway as it could be at some moment, built by hand, with one of everything.
final class SampleView implements AdminView {
  static final StatSchema CLUSTER =
      new StatSchema(
          List.of(
              new Stat("upstream_cx_total", Type.COUNTER),
              new Stat("upstream_cx_active", Type.GAUGE),
              new Stat("upstream_rq_2xx", Type.COUNTER),
              new Stat("ssl.handshake", Type.COUNTER),
              new Stat("ssl.fail_verify_san", Type.COUNTER)));

  /// The words of the secret that a leak would show.
  static final String KEY_TEXT = "this-is-the-private-key-of-the-gateway";

  private final Map<ObjectRef, ObjectStatus> statuses = new LinkedHashMap<>();
  private final Map<ObjectRef, Origin> origins = new LinkedHashMap<>();
  private final Map<String, Cluster> clusters = new TreeMap<>();
  private final Map<String, Listener> listeners = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> listenerErrors = new TreeMap<>();
  private final List<ClusterView> views = new ArrayList<>();
  private final StatStore stats = new StatStore(1);
  private final Instant start = Instant.now().minus(3, ChronoUnit.HOURS);
  State state = State.LIVE;

  /// The walk-through, all of it well.
  static SampleView healthy() {
    SampleView view = new SampleView();
    ObjectRef gateway = new ObjectRef(Kind.GATEWAY, "kgateway-system", "http");
    view.object(gateway, "demo/gateway.yaml", 1, gateway(true, 1));
    view.object(
        new ObjectRef(Kind.GATEWAY_CLASS, "", "postern"),
        "demo/gateway.yaml",
        20,
        new ObjectStatus.OfGatewayClass(
            List.of(ok("Accepted"), ok("SupportedVersion")), List.of("Gateway", "HTTPRoute")));
    view.object(
        new ObjectRef(Kind.HTTP_ROUTE, "default", "nginx-route"),
        "demo/route.yaml",
        1,
        route(gateway, ok("Accepted"), ok("ResolvedRefs")));
    view.object(
        new ObjectRef(Kind.BACKEND_TLS_POLICY, "default", "nginx-tls-policy"),
        "demo/policy.yaml",
        1,
        policy(gateway, ok("Accepted"), ok("ResolvedRefs")));
    view.cluster(
        "kube_default_nginx_8443",
        Optional.of(view.tls()),
        endpoint("127.0.0.1", 8443, 1_284, 0, false));
    view.listener("0.0.0.0_8080", 8080, Optional.empty(), "nginx-route", "example.com");
    StatGroup group = view.stats.group("cluster.kube_default_nginx_8443", CLUSTER);
    group.worker(0).add(0, 4);
    group.worker(0).add(2, 1_284);
    group.worker(0).add(3, 4);
    group.named("ssl.versions.TLSv1.3").add(4);
    group.histogram("upstream_rq_time").record(3);
    return view;
  }

  /// The same with much that is wrong.
  static SampleView troubled() {
    SampleView view = healthy();
    ObjectRef gateway = new ObjectRef(Kind.GATEWAY, "shop", "public");
    view.object(gateway, "shop/gateway.yaml", 3, gateway(false, 2));
    view.object(
        new ObjectRef(Kind.HTTP_ROUTE, "shop", "checkout"),
        "shop/routes.yaml",
        41,
        route(
            gateway,
            ok("Accepted"),
            bad(
                "ResolvedRefs",
                "BackendNotFound",
                "Service shop/checkout does not exist. Requests for it get a 500. Create the"
                    + " Service or correct spec.rules[0].backendRefs[0].name.")));
    view.object(
        new ObjectRef(Kind.HTTP_ROUTE, "shop", "orphan"),
        "shop/routes.yaml",
        80,
        new ObjectStatus.OfRoute(List.of()));
    view.object(
        new ObjectRef(Kind.BACKEND_TLS_POLICY, "shop", "payments-tls"),
        "shop/policy.yaml",
        1,
        policy(
            gateway,
            bad(
                "Accepted",
                "NoValidCACertificate",
                "None of the caCertificateRefs can be used, so connections to shop/payments fail."),
            bad(
                "ResolvedRefs",
                "InvalidCACertificateRef",
                "ConfigMap shop/payments-ca has no key ca.crt. Add it, with PEM certificates.")));
    view.cluster(
        "kube_shop_catalog_80",
        Optional.empty(),
        endpoint("10.0.7.21", 80, 99, 3, true),
        endpoint("10.0.7.22", 80, 912_345, 12, false));
    view.cluster("kube_shop_payments_443", Optional.of(view.tls()));
    view.cluster(
        "kube_shop_search_9200", Optional.of(view.tls()), endpoint("fd00::12", 9200, 9, 9, false));
    view.stats.group("cluster.kube_shop_search_9200", CLUSTER).worker(0).add(4, 9);
    view.listener(
        "0.0.0.0_443",
        443,
        Optional.of(view.serving()),
        "checkout",
        "shop.example.com",
        "*.shop.example.com");
    view.listener("127.0.0.1_80", 80, Optional.empty(), "checkout", "shop.example.com");
    view.listenerErrors.put(
        "127.0.0.1_80",
        "127.0.0.1:80: permission denied. Ports below 1024 need a privilege: run as root or set"
            + " net.ipv4.ip_unprivileged_port_start.");
    view.findings.add(
        new Finding(
            Finding.Severity.ERROR,
            Optional.of(new ObjectRef(Kind.HTTP_ROUTE, "shop", "search")),
            "spec.rules[0].matches[0].path.type",
            Optional.of("shop/routes.yaml:112"),
            "'Prefix' is not one of Exact, PathPrefix, RegularExpression. The object takes no part"
                + " until this is corrected."));
    view.findings.add(
        new Finding(
            Finding.Severity.WARNING,
            Optional.of(new ObjectRef(Kind.HTTP_ROUTE, "shop", "checkout")),
            "spec.rules[0].backendRef",
            Optional.of("shop/routes.yaml:55"),
            "There is no such field; did you mean backendRefs? It has no effect."));
    view.findings.add(
        new Finding(
            Finding.Severity.NOTE,
            Optional.empty(),
            "",
            Optional.of("shop/readme.yaml:1"),
            "An empty document."));
    return view;
  }

  /// Names and messages that are HTML, taken from manifests.
  static SampleView hostile() {
    SampleView view = healthy();
    String evil = "<script>alert('x')</script>\"&amp;";
    ObjectRef gateway = new ObjectRef(Kind.GATEWAY, evil, evil);
    view.object(gateway, evil, 1, gateway(true, 0));
    view.object(
        new ObjectRef(new Kind(evil, evil), evil, evil),
        evil,
        1,
        route(gateway, bad(evil, evil, evil)));
    view.cluster(
        evil,
        Optional.empty(),
        new EndpointView(
            evil,
            1,
            evil,
            new EndpointView.Connections(0, 0, 0),
            new EndpointView.Requests(0, 0, 0, 0, 0),
            true));
    view.listener(evil, 1, Optional.empty(), evil, evil);
    view.listenerErrors.put(evil, evil);
    view.findings.add(
        new Finding(Finding.Severity.ERROR, Optional.of(gateway), evil, Optional.of(evil), evil));
    view.stats.group(evil, CLUSTER);
    return view;
  }

  /// As many clusters as a large cluster of machines has.
  static SampleView large(int clusters) {
    SampleView view = healthy();
    for (int i = 0; i < clusters; i++) {
      String name = "kube_default_service-%05d_8080".formatted(i);
      view.cluster(name, Optional.empty(), endpoint("10.0.0.1", 8080, i, 0, false));
      view.stats.group("cluster." + name, CLUSTER).worker(0).add(0, i);
    }
    return view;
  }

  void object(ObjectRef ref, String file, int line, ObjectStatus status) {
    statuses.put(ref, status);
    origins.put(ref, new Origin(file, line, Map.of()));
  }

  private void cluster(String name, Optional<UpstreamTls> tls, EndpointView... endpoints) {
    clusters.put(
        name,
        new Cluster(
            name,
            new Discovery.Eds(),
            new UpstreamProtocol.Http1(),
            tls,
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Cluster.DEFAULT_IDLE_TIMEOUT,
            CircuitBreakers.DEFAULT,
            OutlierDetection.DEFAULT));
    views.add(new ClusterView(name, List.of(endpoints)));
  }

  private void listener(
      String name, int port, Optional<DownstreamTls> tls, String route, String... domains) {
    List<VirtualHost> hosts = new ArrayList<>();
    for (String domain : domains) {
      RouteAction action =
          new RouteAction.Forward(
              List.of(
                  new WeightedBackend(
                      1,
                      new WeightedBackend.Destination.ToCluster("kube_default_nginx_8443"),
                      HeaderMutation.NONE,
                      HeaderMutation.NONE)),
              Optional.empty());
      hosts.add(
          new VirtualHost(
              domain,
              List.of(
                  new Route(
                      "httproute/default/" + route + "/rule/0/match/0",
                      RouteMatch.ANY,
                      HeaderMutation.NONE,
                      HeaderMutation.NONE,
                      action))));
    }
    String chain = tls.isPresent() ? "shop/public/https" : "kgateway-system/http/http";
    listeners.put(
        name,
        new Listener(
            name,
            name.substring(0, Math.max(0, name.lastIndexOf('_'))),
            port,
            "http_" + port,
            List.of(new FilterChain(chain, List.of(), tls, new RouteConfiguration(chain, hosts)))));
  }

  static EndpointView endpoint(
      String address, int port, long requests, long errors, boolean ejected) {
    return new EndpointView(
        address,
        port,
        "",
        new EndpointView.Connections(4, 2, errors),
        new EndpointView.Requests(requests, 1, requests - errors, errors, 0),
        ejected);
  }

  static X509Bundle bundle(String host) {
    try {
      return new CertificateBuilder()
          .subject("CN=" + host)
          .addSanDnsName(host)
          .notBefore(Instant.parse("2026-01-01T00:00:00Z"))
          .notAfter(Instant.parse("2126-01-01T00:00:00Z"))
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private UpstreamTls tls() {
    List<X509Certificate> trusted = List.of(BACKEND.getCertificate());
    return new UpstreamTls(
        "example.com",
        new UpstreamTls.Trust.Anchors(trusted),
        List.of(new UpstreamTls.SubjectName.Dns("example.com")),
        Optional.of(
            new ClientCertificate(
                "default/postern-client",
                List.of(FRONT.getCertificate()),
                new PrivateKeyDer(KEY_TEXT.getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
        TlsParameters.DEFAULT);
  }

  private DownstreamTls serving() {
    return new DownstreamTls(
        List.of(
            new DownstreamTls.ServerCertificate(
                "shop/tls",
                List.of(FRONT.getCertificate()),
                new PrivateKeyDer(KEY_TEXT.getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
        DownstreamTls.HTTP_ALPN);
  }

  static final X509Bundle BACKEND = bundle("example.com");
  static final X509Bundle FRONT = bundle("shop.example.com");

  private static ObjectStatus gateway(boolean well, int routes) {
    Condition programmed =
        well ? ok("Programmed") : bad("Programmed", "Invalid", "No listener can be served.");
    return new ObjectStatus.OfGateway(
        List.of(new ObjectStatus.Address("IPAddress", "0.0.0.0")),
        List.of(ok("Accepted"), programmed),
        List.of(
            new ObjectStatus.ListenerStatus(
                "http",
                List.of(Kind.HTTP_ROUTE),
                routes,
                List.of(
                    ok("Accepted"),
                    ok("ResolvedRefs"),
                    well
                        ? new Condition("Conflicted", Truth.FALSE, "NoConflicts", "", 1)
                        : new Condition(
                            "Conflicted",
                            Truth.TRUE,
                            "HostnameConflict",
                            "Listener https has the same port and host name. Change one.",
                            1)))));
  }

  private static ObjectStatus route(ObjectRef gateway, Condition... conditions) {
    return new ObjectStatus.OfRoute(
        List.of(
            new ObjectStatus.ParentStatus(
                0,
                new ParentRef(
                    Kind.GATEWAY,
                    Optional.of(gateway.namespace()),
                    gateway.name(),
                    Optional.empty(),
                    Optional.empty()),
                "postern.dev/gateway-controller",
                List.of(conditions))));
  }

  private static ObjectStatus policy(ObjectRef gateway, Condition... conditions) {
    return new ObjectStatus.OfPolicy(
        List.of(
            new ObjectStatus.AncestorStatus(
                gateway, Optional.empty(), "postern.dev/gateway-controller", List.of(conditions))));
  }

  private static Condition ok(String type) {
    return new Condition(type, Truth.TRUE, type, "", 1);
  }

  private static Condition bad(String type, String reason, String message) {
    return new Condition(type, Truth.FALSE, reason, message, 1);
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Instant startTime() {
    return start;
  }

  @Override
  public String version() {
    return "0.1.0";
  }

  @Override
  public List<String> arguments() {
    return List.of("run", "demo");
  }

  @Override
  public Snapshot snapshot() {
    Ir ir = Ir.of(listeners, clusters, assignments());
    return new Snapshot(
        12,
        start.plusSeconds(9),
        new Translation(ir, VersionedMap.copyOf(statuses), List.of()),
        findings,
        listenerErrors,
        origins);
  }

  private Map<String, LoadAssignment> assignments() {
    Map<String, LoadAssignment> assignments = new TreeMap<>();
    for (ClusterView view : views) {
      List<LoadAssignment.Endpoint> endpoints =
          view.endpoints().stream()
              .map(one -> new LoadAssignment.Endpoint(one.address(), one.port()))
              .toList();
      assignments.put(view.name(), new LoadAssignment(view.name(), endpoints));
    }
    return assignments;
  }

  @Override
  public StatStore stats() {
    return stats;
  }

  @Override
  public List<ClusterView> clusters() {
    return List.copyOf(views);
  }
}
