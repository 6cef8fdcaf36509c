package dev.postern.proxy.udp;

import dev.postern.ir.NetworkFilter.UdpProxy;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.UdpStat;
import dev.postern.proxy.tcp.WeightedChoice;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.Endpoint;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Transport;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The sessions of one listener by the client's address and port and the address it asked. There
/// are at most as many as a worker may have connections of clients, and for each cluster as many as
/// it may have connections, and never more than the system gives sockets for; a datagram that would
/// start one more is dropped and counted, as is one without a backend. On the worker's loop.
public final class UdpSessions extends SimpleChannelInboundHandler<DatagramPacket> {
  /// No datagram is longer (RFC 768); what is not read at once would be lost.
  public static final RecvByteBufAllocator WHOLE_DATAGRAMS = new FixedRecvByteBufAllocator(65_535);

  private final Worker worker;
  private final Transport transport;
  private final StatCells cells;
  private final Function<String, ClusterEntry> clusters;
  private final Map<Flow, UdpSession> sessions = new HashMap<>();
  private final AddressSockets answers = new AddressSockets(this);
  private UdpProxy filter;
  private boolean takesNobodyNew;

  /// @param cells of `udp.<stat prefix>`
  /// @param clusters gives the entry of a cluster's name
  public UdpSessions(
      Worker worker,
      Transport transport,
      StatCells cells,
      Function<String, ClusterEntry> clusters,
      UdpProxy filter) {
    this.worker = worker;
    this.transport = transport;
    this.cells = cells;
    this.clusters = clusters;
    this.filter = filter;
  }

  /// @param asked an address of this machine and the listener's port
  record Flow(InetSocketAddress client, InetSocketAddress asked) {}

  Worker worker() {
    return worker;
  }

  Transport transport() {
    return transport;
  }

  void count(UdpStat stat, long more) {
    cells.add(stat.ordinal(), more);
  }

  /// From now on datagrams go elsewhere; sessions whose cluster is still among those stay.
  public void become(UdpProxy next) {
    filter = next;
    for (UdpSession session : List.copyOf(sessions.values())) {
      if (next.clusters().stream()
          .noneMatch(c -> c.weight() > 0 && c.cluster().equals(session.cluster()))) {
        session.end();
      }
    }
  }

  /// From now on only sessions that are go on.
  public void takeNobodyNew() {
    takesNobodyNew = true;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    received(ctx.channel(), packet);
  }

  /// @param at the listener's socket, or the one of the address that was asked
  void received(Channel at, DatagramPacket packet) {
    ByteBuf data = packet.content();
    Flow flow = new Flow(packet.sender(), packet.recipient());
    count(UdpStat.DOWNSTREAM_SESS_RX_DATAGRAMS, 1);
    count(UdpStat.DOWNSTREAM_SESS_RX_BYTES, data.readableBytes());
    UdpSession session = sessions.get(flow);
    if (session != null && session.stale()) {
      session.end();
      session = null;
    }
    if (session == null) {
      session = start(at, flow);
    }
    if (session != null) {
      session.toBackend(data.retain());
    }
  }

  private @Nullable UdpSession start(Channel at, Flow flow) {
    if (takesNobodyNew || sessions.size() >= worker.limits().clientConnections()) {
      count(UdpStat.DOWNSTREAM_SESS_OVERFLOW, 1);
      return null;
    }
    String name = WeightedChoice.among(filter.clusters(), worker.random());
    ClusterEntry entry = name.isEmpty() ? null : clusters.apply(name);
    WorkerCluster cluster = entry == null ? null : entry.on(worker);
    if (entry == null || cluster == null) {
      count(UdpStat.DOWNSTREAM_SESS_NO_ROUTE, 1);
      return null;
    }
    Endpoint endpoint = cluster.choose(List.of(), null);
    if (endpoint == null) {
      cluster.cells().increment(ClusterStat.UPSTREAM_CX_NONE_HEALTHY.ordinal());
      count(UdpStat.DOWNSTREAM_SESS_NO_ROUTE, 1);
      return null;
    }
    if (!cluster.sessionStarts(endpoint)) {
      count(UdpStat.DOWNSTREAM_SESS_OVERFLOW, 1);
      return null;
    }
    UdpSession session;
    try {
      Channel answering = answers.from(at, flow.asked());
      DatagramChannel backend = transport.newDatagrams(endpoint.address().getAddress());
      session = new UdpSession(this, answering, flow, entry, cluster, endpoint, backend);
    } catch (ChannelException noSocket) {
      cluster.sessionEnds(endpoint);
      count(UdpStat.DOWNSTREAM_SESS_OVERFLOW, 1);
      return null;
    }
    sessions.put(flow, session);
    count(UdpStat.DOWNSTREAM_SESS_TOTAL, 1);
    count(UdpStat.DOWNSTREAM_SESS_ACTIVE, 1);
    session.open();
    return session;
  }

  void ended(UdpSession session) {
    sessions.remove(session.flow());
    count(UdpStat.DOWNSTREAM_SESS_ACTIVE, -1);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A client's port that is closed says so by ICMP, some time after a reply.
    count(UdpStat.DOWNSTREAM_SESS_RX_ERRORS, 1);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close();
  }

  /// Ends all sessions, and lets go of every address that was answered from.
  public void close() {
    takesNobodyNew = true;
    List.copyOf(sessions.values()).forEach(UdpSession::end);
    answers.close();
  }
}
