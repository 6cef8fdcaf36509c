package dev.postern.proxy.listener;

import dev.postern.ir.Listener;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.NetworkFilter.UdpProxy;
import dev.postern.proxy.stat.UdpStat;
import dev.postern.proxy.udp.UdpSessions;
import dev.postern.proxy.upstream.ClusterRegistry;
import dev.postern.proxy.worker.Worker;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// One socket that takes datagrams, on one worker: a client's datagrams keep their order.
final class BoundUdp implements Bound {
  private static final UdpProxy NOWHERE = new UdpProxy(List.of());

  private final Workers workers;
  private final Worker worker;
  private final UdpSessions sessions;
  private Listener ir;
  private @Nullable Channel channel;

  BoundUdp(Listener ir, Workers workers, ClusterRegistry clusters, StatStore stats) {
    this.ir = ir;
    this.workers = workers;
    List<Worker> all = workers.all();
    this.worker = all.get(Math.floorMod(ir.name().hashCode(), all.size()));
    this.sessions =
        new UdpSessions(
            worker,
            workers.transport(),
            stats.group("udp." + ir.statPrefix(), UdpStat.SCHEMA).worker(worker.index()),
            clusters::entry,
            filter(ir));
  }

  private static UdpProxy filter(Listener ir) {
    return ir.filterChains().stream()
        .map(chain -> chain.filter() instanceof NetworkFilter.UdpProxy udp ? udp : NOWHERE)
        .findFirst()
        .orElse(NOWHERE);
  }

  @Override
  public Listener ir() {
    return ir;
  }

  @Override
  public @Nullable BindFailure bind() {
    InetSocketAddress address = new InetSocketAddress(ir.address(), ir.port());
    Bootstrap bootstrap =
        new Bootstrap()
            .group(worker.loop())
            .channelFactory(() -> workers.transport().newDatagrams(address.getAddress()))
            .option(ChannelOption.ALLOCATOR, worker.allocator())
            .option(ChannelOption.RECVBUF_ALLOCATOR, UdpSessions.WHOLE_DATAGRAMS)
            .handler(sessions);
    if (address.getAddress().isAnyLocalAddress()) {
      workers.transport().tellsAddressAsked(bootstrap);
    }
    ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
    if (binding.isSuccess()) {
      channel = binding.channel();
      return null;
    }
    return BindFailure.of(ir, binding.cause());
  }

  @Override
  public void update(Listener next, boolean anew) {
    ir = next;
    worker.loop().submit(() -> sessions.become(filter(next))).syncUninterruptibly();
  }

  @Override
  public void unbind() {
    worker.loop().execute(sessions::takeNobodyNew);
  }

  /// Whoever is bound next may want one of the addresses that were answered from, so that these are
  /// free as well when this is done.
  @Override
  public void remove() {
    Channel bound = channel;
    if (bound != null) {
      channel = null;
      try {
        worker.loop().submit(() -> close(bound)).awaitUninterruptibly();
      } catch (RejectedExecutionException ended) {
        return; // The loop has ended, and closes its channels.
      }
      workers.awaitClosed(bound);
    }
  }

  private void close(Channel bound) {
    bound.close();
    sessions.close();
  }
}
