package dev.postern.proxy.exchange;

import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.Endpoint;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What is remembered of a request for the stats and the access log.
final class RequestRecord {
  private final ClientConnection connection;
  private final @Nullable AccessLog log;

  private long startNanos;
  private long respondedNanos;
  private int status;
  private int grpcStatus = GrpcStatus.NONE;
  private long bytesReceived;
  private long bytesSent;
  private @Nullable TrafficFailure failure;
  private @Nullable Endpoint endpoint;
  private String reason = "-";
  private String backendProtocol = "-";
  private String backendTls = "-";

  RequestRecord(ClientConnection connection) {
    this.connection = connection;
    this.log = connection.accessLog();
  }

  void start() {
    startNanos = connection.worker().clock().nanos();
    respondedNanos = 0;
    status = 0;
    grpcStatus = GrpcStatus.NONE;
    bytesReceived = 0;
    bytesSent = 0;
    failure = null;
    endpoint = null;
    reason = "-";
    backendProtocol = "-";
    backendTls = "-";
    connection.count(HttpStat.DOWNSTREAM_RQ_TOTAL);
    connection.count(HttpStat.DOWNSTREAM_RQ_ACTIVE);
  }

  long startNanos() {
    return startNanos;
  }

  /// Since the start.
  long millis() {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  void endpoint(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  void stream(BackendStream stream) {
    backendProtocol = stream.protocol();
    backendTls = stream.tlsVersion();
  }

  /// @param atNanos when the backend's head came; 0 when it was not the backend who answered
  void responded(int status, long atNanos) {
    this.status = status;
    respondedNanos = atNanos;
  }

  /// Of a gRPC call; [GrpcStatus#NONE] for none.
  void grpcStatus(int status) {
    grpcStatus = status;
  }

  void failed(TrafficFailure failure, String reason) {
    this.failure = failure;
    this.reason = reason;
  }

  /// A backend said something for the log.
  void note(String note) {
    reason = reason.equals("-") ? note : reason + "; " + note;
  }

  void received(int octets) {
    bytesReceived += octets;
  }

  void sent(int octets) {
    bytesSent += octets;
  }

  void end(ClientStream client) {
    connection.http().add(HttpStat.DOWNSTREAM_RQ_ACTIVE.ordinal(), -1);
    connection.count(HttpStat.DOWNSTREAM_RQ_COMPLETED);
    if (status > 0) {
      connection.count(HttpStat.ofStatus(status));
    }
    if (log != null) {
      log.write(entry(client));
    }
  }

  private AccessLog.Entry entry(ClientStream client) {
    long took = millis();
    Endpoint to = endpoint;
    return new AccessLog.Entry(
        System.currentTimeMillis() - took,
        client.request(),
        client.protocol(),
        status,
        failure == null ? "-" : failure.flag(),
        bytesReceived,
        bytesSent,
        took,
        respondedNanos == 0 ? -1 : (respondedNanos - startNanos) / 1_000_000,
        to == null ? "-" : new String(to.addressText(), StandardCharsets.US_ASCII),
        backendProtocol,
        backendTls,
        reason,
        grpcStatus);
  }
}
