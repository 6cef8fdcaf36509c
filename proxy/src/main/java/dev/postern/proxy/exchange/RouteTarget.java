package dev.postern.proxy.exchange;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.WeightedBackend;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.worker.Worker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a route does with a request, made ready: clusters looked up, header changes as octets,
/// weights summed up.
public final class RouteTarget {

  /// A share of the requests: a cluster, or a status at once.
  ///
  /// @param cluster null for a status
  /// @param secureCluster for clients that came by TLS; mostly the same
  record Backend(
      int upTo,
      @Nullable ClusterEntry cluster,
      @Nullable ClusterEntry secureCluster,
      int status,
      byte[] body,
      HeaderChanges request,
      HeaderChanges response) {

    /// For a client that came by TLS, or not.
    @Nullable ClusterEntry cluster(boolean tls) {
      return tls ? secureCluster : cluster;
    }
  }

  private final String name;
  private final boolean grpc;
  private final HeaderChanges request;
  private final HeaderChanges response;
  private final Backend[] backends;
  private final @Nullable Cors cors;
  private final @Nullable AuthorizationFilter authorization;
  private final @Nullable Redirect redirect;
  private final long timeoutNanos;
  private final long perTryNanos;
  private final long patience;
  private final @Nullable Retries retries;
  private final @Nullable Sessions sessions;
  private final List<Mirror> mirrors;
  private final byte @Nullable [] host;
  private final @Nullable PathReplacement path;

  private RouteTarget(
      Route route,
      Backend[] backends,
      ForwardOptions options,
      Function<String, ClusterEntry> clusters,
      @Nullable Redirect redirect) {
    this.name = route.name();
    this.grpc = route.grpc();
    this.request = HeaderChanges.of(route.requestHeaders());
    this.response = HeaderChanges.of(route.responseHeaders());
    this.backends = backends;
    this.cors = route.filters().cors().map(Cors::of).orElse(null);
    this.authorization =
        route.filters().authorization().map(f -> AuthorizationFilter.of(f, clusters)).orElse(null);
    this.redirect = redirect;
    this.timeoutNanos = options.timeout().map(Duration::toNanos).orElse(0L);
    this.patience = Patience.of(options.timeout(), options.perTryTimeout());
    this.perTryNanos = options.perTryTimeout().map(Duration::toNanos).orElse(0L);
    this.retries = options.retryPolicy().map(Retries::of).orElse(null);
    this.sessions = Sessions.of(options.sessionPersistence(), InstantSource.system());
    this.mirrors = Mirror.of(options, clusters);
    this.host = options.hostRewrite().map(Escape::host).orElse(null);
    this.path = options.pathRewrite().map(PathReplacement::of).orElse(null);
  }

  /// @param clusters gives the one entry of a cluster's name
  public static RouteTarget of(Route route, Function<String, ClusterEntry> clusters) {
    return switch (route.action()) {
      case RouteAction.DirectResponse(int status, String body) ->
          new RouteTarget(
              route, new Backend[] {answer(1, status, body)}, ForwardOptions.NONE, clusters, null);
      case RouteAction.Redirect redirect ->
          new RouteTarget(
              route, new Backend[0], ForwardOptions.NONE, clusters, Redirect.of(redirect));
      case RouteAction.Forward forward -> {
        int sum = 0;
        Backend[] backends = new Backend[forward.backends().size()];
        for (int i = 0; i < backends.length; i++) {
          WeightedBackend backend = forward.backends().get(i);
          sum = Math.addExact(sum, backend.weight());
          backends[i] = backend(sum, backend, clusters);
        }
        yield new RouteTarget(route, backends, forward.options(), clusters, null);
      }
    };
  }

  private static Backend backend(
      int upTo, WeightedBackend backend, Function<String, ClusterEntry> clusters) {
    return switch (backend.destination()) {
      case WeightedBackend.Destination.Respond(int status, String body) ->
          answer(upTo, status, body);
      case WeightedBackend.Destination.ToCluster(String cluster) -> {
        ClusterEntry entry = clusters.apply(cluster);
        yield forward(upTo, entry, entry, backend);
      }
      case WeightedBackend.Destination.ToClusterByScheme(String http, String https) ->
          forward(upTo, clusters.apply(http), clusters.apply(https), backend);
    };
  }

  private static Backend forward(
      int upTo, ClusterEntry http, ClusterEntry https, WeightedBackend backend) {
    return new Backend(
        upTo,
        http,
        https,
        0,
        new byte[0],
        HeaderChanges.of(backend.requestHeaders()),
        HeaderChanges.of(backend.responseHeaders()));
  }

  private static Backend answer(int upTo, int status, String body) {
    return new Backend(
        upTo,
        null,
        null,
        status,
        body.getBytes(StandardCharsets.UTF_8),
        HeaderChanges.NONE,
        HeaderChanges.NONE);
  }

  /// The route's name, for the access log.
  public String name() {
    return name;
  }

  /// Whether it is meant for gRPC.
  boolean grpc() {
    return grpc;
  }

  /// Within what time a response should be complete; 0 for any.
  long timeoutNanos() {
    return timeoutNanos;
  }

  /// The same for one attempt.
  long perTryNanos() {
    return perTryNanos;
  }

  /// What these allow, as [Patience] has it.
  long patience() {
    return patience;
  }

  /// Null where the route says nothing of it.
  @Nullable Retries retries() {
    return retries;
  }

  /// Whether requests go straight to a backend.
  boolean straight() {
    return cors == null && authorization == null && redirect == null && timeoutNanos == 0;
  }

  @Nullable Cors cors() {
    return cors;
  }

  /// Who must be asked first; null for nobody.
  @Nullable AuthorizationFilter authorization() {
    return authorization;
  }

  /// Whether requests are sent elsewhere, with what the rule does to responses.
  ///
  /// @param answer becomes the one that says so
  boolean redirects(ClientStream client, LocalReply answer) {
    if (redirect == null) {
      return false;
    }
    ResponseHead head = answer.begin(redirect.status());
    byte[] location = redirect.location(client.request(), client.connection());
    head.headers().add(Redirect.header(), location);
    prepare(head);
    return true;
  }

  /// Who gets copies of requests.
  List<Mirror> mirrors() {
    return mirrors;
  }

  /// Makes a client's request what may be told of it: without what was for that hop alone, and with
  /// who it is from.
  static void receive(RequestHead head, ClientConnection client) {
    HopByHop.remove(head);
    ForwardedHeaders.add(head, client);
  }

  /// Makes a client's request what any backend gets. Whoever had to be asked was told of it
  /// already.
  void prepare(RequestHead head, ClientConnection client) {
    if (authorization == null) {
      receive(head, client);
    }
    request.apply(head);
    if (host != null) {
      rewriteHost(head, host);
    }
    if (path != null) {
      path.apply(head);
    }
  }

  private static void rewriteHost(RequestHead head, byte[] host) {
    HeaderBlock headers = head.headers();
    byte[] to = headers.room(host.length);
    int start = headers.length();
    System.arraycopy(host, 0, to, start, host.length);
    headers.extend(host.length);
    head.authority(start, host.length);
  }

  /// Does to a response what the rule says of responses, whoever gives it.
  void prepare(ResponseHead head) {
    response.apply(head);
  }

  /// Makes that backend's response what the client gets.
  void prepare(ResponseHead head, Backend backend) {
    HopByHop.remove(head.headers());
    prepare(head);
    backend.response().apply(head);
  }

  /// The request's session; null where the route keeps none.
  @Nullable Session session(RequestHead request) {
    return sessions == null ? null : Session.of(sessions, request);
  }

  /// The backend where a session's requests go, else one by weight.
  ///
  /// @return null when there is none with a weight over 0
  @Nullable Backend choose(Worker worker, @Nullable Session session, boolean tls) {
    if (session == null) {
      return choose(worker.random());
    }
    int before = 0;
    for (Backend backend : backends) {
      ClusterEntry cluster = backend.cluster(tls);
      if (cluster != null && session.stays(cluster, worker, backend.upTo() > before)) {
        return backend;
      }
      before = backend.upTo();
    }
    return choose(worker.random());
  }

  /// One of the backends, by weight.
  private @Nullable Backend choose(RandomGenerator random) {
    int last = backends.length - 1;
    if (last < 0 || backends[last].upTo() == 0) {
      return null;
    }
    if (last == 0) {
      return backends[0];
    }
    int point = random.nextInt(backends[last].upTo());
    for (Backend backend : backends) {
      if (point < backend.upTo()) {
        return backend;
      }
    }
    return backends[last];
  }

  @Override
  public String toString() {
    return "RouteTarget[" + name + ", " + Arrays.toString(backends) + "]";
  }
}
