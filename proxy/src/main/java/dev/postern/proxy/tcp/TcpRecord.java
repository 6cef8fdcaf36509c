package dev.postern.proxy.tcp;

import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.stat.TcpStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.Endpoint;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What is remembered of a connection for the stats and the access log, whose line is Envoy's for
/// TCP: no request, status 0.
final class TcpRecord {
  private static final RequestHead NO_REQUEST = new RequestHead();

  private final TcpClient client;
  private final long startNanos = System.nanoTime();
  private long received;
  private long sent;
  private @Nullable Endpoint endpoint;
  private @Nullable TrafficFailure failure;
  private String reason = "-";
  private String tls = "-";

  TcpRecord(TcpClient client) {
    this.client = client;
    client.cells().increment(TcpStat.DOWNSTREAM_CX_TOTAL.ordinal());
  }

  void endpoint(Endpoint to) {
    endpoint = to;
  }

  void connected(BackendStream stream) {
    failure = null;
    reason = "-";
    tls = stream.tlsVersion();
  }

  void failed(TrafficFailure why, String inWords) {
    failure = why;
    reason = inWords;
  }

  void received(int octets) {
    received += octets;
    client.cells().add(TcpStat.DOWNSTREAM_CX_RX_BYTES_TOTAL.ordinal(), octets);
  }

  void sent(int octets) {
    sent += octets;
    client.cells().add(TcpStat.DOWNSTREAM_CX_TX_BYTES_TOTAL.ordinal(), octets);
  }

  void end() {
    AccessLog log = client.accessLog();
    if (log == null) {
      return;
    }
    long took = (System.nanoTime() - startNanos) / 1_000_000;
    Endpoint to = endpoint;
    log.write(
        new AccessLog.Entry(
            System.currentTimeMillis() - took,
            NO_REQUEST,
            "-",
            0,
            failure == null ? "-" : failure.flag(),
            received,
            sent,
            took,
            -1,
            to == null ? "-" : new String(to.addressText(), StandardCharsets.US_ASCII),
            "-",
            tls,
            reason,
            -1));
  }
}
