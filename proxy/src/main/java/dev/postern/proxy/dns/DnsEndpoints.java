package dev.postern.proxy.dns;

import dev.postern.ir.LoadAssignment;
import dev.postern.proxy.upstream.DnsDiscovery;
import dev.postern.proxy.worker.Transport;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Resolves as the system is configured to: name servers, search domains and `ndots` of
/// `/etc/resolv.conf`, and `/etc/hosts` first.
public final class DnsEndpoints implements DnsDiscovery {
  private final EventLoop loop;
  private final Transport transport;
  private final DnsSettings settings;

  /// @param loop does all the work; it never waits for an answer
  public DnsEndpoints(EventLoop loop, Transport transport) {
    this(loop, transport, DnsSettings.SYSTEM);
  }

  DnsEndpoints(EventLoop loop, Transport transport, DnsSettings settings) {
    this.loop = loop;
    this.transport = transport;
    this.settings = settings;
  }

  /// An IP address is its own endpoint, told before this returns. For a name the addresses are told
  /// once they are known and whenever they change; as long as the name cannot be resolved, those
  /// that were found last stay.
  @Override
  public AutoCloseable watch(
      String hostname, int port, Consumer<List<LoadAssignment.Endpoint>> onChange) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(hostname);
    if (literal != null) {
      onChange.accept(List.of(endpoint(literal, port)));
      return () -> {};
    }
    DnsWatch watch =
        new DnsWatch(loop, transport, settings, hostname.toLowerCase(Locale.ROOT), port, onChange);
    watch.start();
    return watch;
  }

  static LoadAssignment.Endpoint endpoint(InetAddress address, int port) {
    return new LoadAssignment.Endpoint(NetUtil.toAddressString(address), port);
  }
}
