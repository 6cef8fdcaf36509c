package dev.postern.proxy.exchange;

import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestOrigin;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Who a client is and by what it came: what is the same for every request of a connection.
public final class ClientConnection {
  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] HTTPS = Octets.ascii("https");

  private final Worker worker;
  private final StatCells http;
  private final @Nullable AccessLog accessLog;
  private final boolean tls;
  private final byte[] remoteIp;
  private final byte[] localPort;
  private final RequestOrigin origin;

  /// @param http the cells of the listener's `http.<stat prefix>`
  public ClientConnection(
      Worker worker,
      StatCells http,
      @Nullable AccessLog accessLog,
      boolean tls,
      InetSocketAddress remote,
      InetSocketAddress local) {
    this.worker = worker;
    this.http = http;
    this.accessLog = accessLog;
    this.tls = tls;
    this.remoteIp = Octets.ascii(ip(remote));
    this.localPort = Octets.ascii(Integer.toString(local.getPort()));
    this.origin = new RequestOrigin(tls, ip(remote), remote.getPort(), ip(local), local.getPort());
  }

  public Worker worker() {
    return worker;
  }

  public StatCells http() {
    return http;
  }

  /// Null when there is none.
  public @Nullable AccessLog accessLog() {
    return accessLog;
  }

  /// Counts one.
  public void count(HttpStat stat) {
    http.increment(stat.ordinal());
  }

  public boolean tls() {
    return tls;
  }

  /// `http` or `https`.
  public byte[] scheme() {
    return tls ? HTTPS : HTTP;
  }

  /// The client's IP address as text.
  public byte[] remoteIp() {
    return remoteIp;
  }

  /// The port that the client connected to.
  public byte[] localPort() {
    return localPort;
  }

  /// What a backend may be told of all this.
  public RequestOrigin origin() {
    return origin;
  }

  private static String ip(InetSocketAddress address) {
    String text = address.getAddress().getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }
}
