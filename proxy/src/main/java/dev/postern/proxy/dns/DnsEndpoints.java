package dev.postern.proxy.dns;

import dev.postern.ir.LoadAssignment;
import dev.postern.proxy.upstream.DnsDiscovery;
import dev.postern.proxy.worker.Transport;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Resolves host names, A and AAAA records alike, with the servers and search domains of
/// `/etc/resolv.conf`, after `/etc/hosts`. A name is asked for again when the least time to live of
/// its answer is over, but not more than once a second and at least once an hour. When it cannot be
/// resolved the last good answer stays, and it is tried again after 5 s.
public final class DnsEndpoints implements DnsDiscovery {
  private static final Logger LOG = LoggerFactory.getLogger(DnsEndpoints.class);
  private static final long SHORTEST_SECONDS = 1;
  private static final long LONGEST_SECONDS = 3_600;

  /// After a failure, and for what comes from `/etc/hosts`, which tells no time.
  private static final long OTHERWISE_SECONDS = 5;

  private final EventLoop loop;
  private final Transport transport;
  private final @Nullable DnsServerAddressStreamProvider servers;
  private final LeastTtl ttl = new LeastTtl();
  private @Nullable DnsNameResolver resolver;

  /// @param loop runs the resolver
  public DnsEndpoints(EventLoop loop, Transport transport) {
    this(loop, transport, null);
  }

  /// @param servers null for those of the operating system
  DnsEndpoints(
      EventLoop loop, Transport transport, @Nullable DnsServerAddressStreamProvider servers) {
    this.loop = loop;
    this.transport = transport;
    this.servers = servers;
  }

  @Override
  public AutoCloseable watch(
      String hostname, int port, Consumer<List<LoadAssignment.Endpoint>> onChange) {
    if (NetUtil.isValidIpV4Address(hostname) || NetUtil.isValidIpV6Address(hostname)) {
      onChange.accept(List.of(new LoadAssignment.Endpoint(hostname, port)));
      return () -> {};
    }
    Watch watch = new Watch(hostname, port, onChange);
    loop.execute(watch::resolve);
    return watch;
  }

  /// Made when the first name is asked for: most configurations have none.
  private DnsNameResolver resolver() {
    DnsNameResolver made = resolver;
    if (made == null) {
      DnsNameResolverBuilder builder =
          new DnsNameResolverBuilder(loop)
              .datagramChannelType(transport.datagramChannel())
              .socketChannelType(transport.clientChannel())
              .resolveCache(ttl);
      if (servers != null) {
        builder.nameServerProvider(servers);
      }
      made = builder.build();
      resolver = made;
    }
    return made;
  }

  /// One name that is followed. On the loop, but for closing.
  private final class Watch implements AutoCloseable {
    private final String hostname;
    private final int port;
    private final Consumer<List<LoadAssignment.Endpoint>> onChange;
    private List<LoadAssignment.Endpoint> last = List.of();
    private boolean failed;
    private volatile boolean closed;

    Watch(String hostname, int port, Consumer<List<LoadAssignment.Endpoint>> onChange) {
      this.hostname = hostname;
      this.port = port;
      this.onChange = onChange;
    }

    void resolve() {
      if (!closed) {
        var _ = resolver().resolveAll(hostname).addListener(this::resolved);
      }
    }

    private void resolved(Future<? super List<InetAddress>> answer) {
      if (closed) {
        return;
      }
      Long seconds = ttl.take(hostname);
      long next = OTHERWISE_SECONDS;
      if (answer.isSuccess()) {
        failed = false;
        if (seconds != null) {
          next = Math.clamp(seconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        }
        accept((List<?>) answer.getNow());
      } else if (!failed) {
        failed = true;
        LOG.warn("cannot resolve {}: {}", hostname, answer.cause().getMessage());
      }
      var _ = loop.schedule(this::resolve, next, TimeUnit.SECONDS);
    }

    private void accept(List<?> addresses) {
      List<LoadAssignment.Endpoint> found = new ArrayList<>();
      for (Object address : addresses) {
        String text = NetUtil.toAddressString((InetAddress) address);
        LoadAssignment.Endpoint endpoint = new LoadAssignment.Endpoint(text, port);
        if (!found.contains(endpoint)) {
          found.add(endpoint);
        }
      }
      found.sort(Comparator.comparing(LoadAssignment.Endpoint::address));
      if (!found.equals(last)) {
        last = found;
        onChange.accept(found);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
