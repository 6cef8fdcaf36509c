package dev.postern.proxy.dns;

import dev.postern.ir.LoadAssignment;
import dev.postern.proxy.worker.Timer;
import dev.postern.proxy.worker.Transport;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks for the addresses of one name, again and again. It has a resolver of its own, which holds a
/// socket only while it asks, so that it knows which times to live belong to its answer.
final class DnsWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DnsWatch.class);
  private static final Comparator<LoadAssignment.Endpoint> ORDER =
      Comparator.comparing(LoadAssignment.Endpoint::address);

  private enum State {
    FOUND,
    FOUND_IN_PART,
    NOT_FOUND
  }

  private final EventLoop loop;
  private final Transport transport;
  private final DnsSettings settings;
  private final String hostname;
  private final int port;
  private final Consumer<List<LoadAssignment.Endpoint>> onChange;
  private final LeastTtl ttl = new LeastTtl();
  private final Unanswered unanswered = new Unanswered();

  private volatile boolean closed;
  private @Nullable DnsNameResolver resolver;
  private final Timer timer = new Timer();
  private List<InetAddress> lastAddresses = List.of();
  private @Nullable List<LoadAssignment.Endpoint> last;
  private State state = State.FOUND;

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
    unanswered.reset();
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
      become(State.NOT_FOUND, String.valueOf(answer.cause().getMessage()));
      wait = settings.retry();
    }
    if (unanswered.any() && wait.compareTo(settings.retry()) > 0) {
      wait = settings.retry();
    }
    timer.start(loop, wait.toNanos(), this::ask);
  }

  private void found(List<InetAddress> addresses) {
    if (unanswered.any()) {
      become(State.FOUND_IN_PART, "nobody answered for one of IPv4 and IPv6");
    } else {
      become(State.FOUND, "");
    }
    lastAddresses =
        Stream.concat(addresses.stream(), lastAddresses.stream().filter(unanswered::has))
            .distinct()
            .toList();
    List<LoadAssignment.Endpoint> endpoints =
        lastAddresses.stream()
            .map(address -> DnsEndpoints.endpoint(address, port))
            .distinct()
            .sorted(ORDER)
            .toList();
    if (!endpoints.equals(last)) {
      last = endpoints;
      onChange.accept(endpoints);
    }
  }

  private void become(State next, String why) {
    if (next == state) {
      return;
    }
    state = next;
    if (next == State.FOUND) {
      log.info("{} is resolved again", hostname);
      return;
    }
    log.warn(
        "{} cannot be resolved{}: {}. {}; it is asked for again every {} s",
        hostname,
        next == State.FOUND_IN_PART ? " in full" : "",
        why,
        last == null && next == State.NOT_FOUND
            ? "There is no address to connect to"
            : "What was found last stays in use",
        settings.retry().toSeconds());
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
            .cnameCache(ttl)
            .dnsQueryLifecycleObserverFactory(unanswered);
    if (!settings.nameServers().isEmpty()) {
      builder.nameServerProvider(
          new SequentialDnsServerAddressStreamProvider(settings.nameServers()));
    }
    settings.searchDomains().ifPresent(builder::searchDomains);
    return builder.build();
  }
}
