package dev.postern.proxy.dns;

import dev.postern.ir.LoadAssignment;
import dev.postern.proxy.worker.Timer;
import dev.postern.proxy.worker.Transport;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks for the addresses of one name, again and again. It has a resolver of its own, which holds a
/// socket only while it asks, so that it knows which times to live belong to its answer.
final class DnsWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DnsWatch.class);
  private static final Comparator<LoadAssignment.Endpoint> ORDER =
      Comparator.comparing(LoadAssignment.Endpoint::address);

  private final EventLoop loop;
  private final Transport transport;
  private final DnsSettings settings;
  private final String hostname;
  private final int port;
  private final Consumer<List<LoadAssignment.Endpoint>> onChange;
  private final LeastTtl ttl = new LeastTtl();

  private volatile boolean closed;
  private @Nullable DnsNameResolver resolver;
  private final Timer timer = new Timer();
  private @Nullable List<LoadAssignment.Endpoint> last;
  private boolean failing;

  DnsWatch(
      EventLoop loop,
      Transport transport,
      DnsSettings settings,
      String hostname,
      int port,
      Consumer<List<LoadAssignment.Endpoint>> onChange) {
    this.loop = loop;
    this.transport = transport;
    this.settings = settings;
    this.hostname = hostname;
    this.port = port;
    this.onChange = onChange;
  }

  void start() {
    loop.execute(this::ask);
  }

  @Override
  public void close() {
    closed = true;
    loop.execute(() -> {
      timer.stop();
      if (resolver != null) {
        resolver.close();
      }
    });
  }

  private void ask() {
    if (closed) {
      return;
    }
    DnsNameResolver asked = resolver;
    if (asked == null) {
      asked = build();
      resolver = asked;
    }
    ttl.reset();
    asked.resolveAll(hostname).addListener(this::answered);
  }

  private void answered(Future<? super List<InetAddress>> answer) {
    if (closed) {
      return;
    }
    Duration wait;
    if (answer.isSuccess()) {
      @SuppressWarnings("unchecked")
      List<InetAddress> addresses = (List<InetAddress>) answer.getNow();
      found(addresses);
      wait = ttl.within(settings.shortest(), settings.longest());
    } else {
      failed(answer.cause());
      wait = settings.retry();
    }
    timer.start(loop, wait.toNanos(), this::ask);
  }

  private void found(List<InetAddress> addresses) {
    if (failing) {
      failing = false;
      log.info("{} is resolved again", hostname);
    }
    List<LoadAssignment.Endpoint> endpoints =
        addresses.stream()
            .map(address -> DnsEndpoints.endpoint(address, port))
            .distinct()
            .sorted(ORDER)
            .toList();
    if (!endpoints.equals(last)) {
      last = endpoints;
      onChange.accept(endpoints);
    }
  }

  private void failed(Throwable why) {
    if (!failing) {
      failing = true;
      log.warn(
          "{} cannot be resolved: {}. {}; it is asked for again every {} s",
          hostname,
          why.getMessage(),
          last == null ? "There is no address to connect to" : "The last addresses stay in use",
          settings.retry().toSeconds());
    }
  }

  private DnsNameResolver build() {
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder(loop)
            .datagramChannelFactory(() -> transport.datagrams().open(null))
            .socketChannelType(transport.clientChannel())
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .completeOncePreferredResolved(false)
            .consolidateCacheSize(0)
            .resolveCache(ttl)
            .cnameCache(ttl);
    settings
        .nameServer()
        .map(SingletonDnsServerAddressStreamProvider::new)
        .ifPresent(builder::nameServerProvider);
    settings.searchDomains().ifPresent(builder::searchDomains);
    return builder.build();
  }
}
