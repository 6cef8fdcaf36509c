package dev.postern.proxy.stat;

import dev.postern.stats.StatSchema;
import dev.postern.stats.StatSchema.Type;
import java.util.Arrays;

/// What is counted for `cluster.<name>`.
public enum ClusterStat {
  UPSTREAM_CX_TOTAL("upstream_cx_total", Type.COUNTER),
  UPSTREAM_CX_ACTIVE("upstream_cx_active", Type.GAUGE),
  UPSTREAM_CX_HTTP1_TOTAL("upstream_cx_http1_total", Type.COUNTER),
  UPSTREAM_CX_HTTP2_TOTAL("upstream_cx_http2_total", Type.COUNTER),
  UPSTREAM_CX_CONNECT_FAIL("upstream_cx_connect_fail", Type.COUNTER),
  UPSTREAM_CX_CONNECT_TIMEOUT("upstream_cx_connect_timeout", Type.COUNTER),
  UPSTREAM_CX_IDLE_TIMEOUT("upstream_cx_idle_timeout", Type.COUNTER),
  UPSTREAM_CX_OVERFLOW("upstream_cx_overflow", Type.COUNTER),
  UPSTREAM_CX_NONE_HEALTHY("upstream_cx_none_healthy", Type.COUNTER),
  UPSTREAM_CX_DESTROY("upstream_cx_destroy", Type.COUNTER),
  UPSTREAM_CX_DESTROY_LOCAL("upstream_cx_destroy_local", Type.COUNTER),
  UPSTREAM_CX_DESTROY_REMOTE("upstream_cx_destroy_remote", Type.COUNTER),
  UPSTREAM_CX_DESTROY_WITH_ACTIVE_RQ("upstream_cx_destroy_with_active_rq", Type.COUNTER),
  UPSTREAM_CX_CLOSE_NOTIFY("upstream_cx_close_notify", Type.COUNTER),
  UPSTREAM_CX_PROTOCOL_ERROR("upstream_cx_protocol_error", Type.COUNTER),
  UPSTREAM_CX_RX_BYTES_TOTAL("upstream_cx_rx_bytes_total", Type.COUNTER),
  UPSTREAM_CX_TX_BYTES_TOTAL("upstream_cx_tx_bytes_total", Type.COUNTER),
  UPSTREAM_RQ_TOTAL("upstream_rq_total", Type.COUNTER),
  UPSTREAM_RQ_ACTIVE("upstream_rq_active", Type.GAUGE),
  UPSTREAM_RQ_COMPLETED("upstream_rq_completed", Type.COUNTER),
  UPSTREAM_RQ_1XX("upstream_rq_1xx", Type.COUNTER),
  UPSTREAM_RQ_2XX("upstream_rq_2xx", Type.COUNTER),
  UPSTREAM_RQ_3XX("upstream_rq_3xx", Type.COUNTER),
  UPSTREAM_RQ_4XX("upstream_rq_4xx", Type.COUNTER),
  UPSTREAM_RQ_5XX("upstream_rq_5xx", Type.COUNTER),
  UPSTREAM_RQ_TIMEOUT("upstream_rq_timeout", Type.COUNTER),
  UPSTREAM_RQ_PER_TRY_TIMEOUT("upstream_rq_per_try_timeout", Type.COUNTER),
  UPSTREAM_RQ_RX_RESET("upstream_rq_rx_reset", Type.COUNTER),
  UPSTREAM_RQ_TX_RESET("upstream_rq_tx_reset", Type.COUNTER),
  UPSTREAM_RQ_CANCELLED("upstream_rq_cancelled", Type.COUNTER),
  UPSTREAM_RQ_RETRY("upstream_rq_retry", Type.COUNTER),
  UPSTREAM_RQ_RETRY_SUCCESS("upstream_rq_retry_success", Type.COUNTER),
  UPSTREAM_RQ_RETRY_LIMIT_EXCEEDED("upstream_rq_retry_limit_exceeded", Type.COUNTER),
  UPSTREAM_RQ_RETRY_BACKOFF_EXPONENTIAL("upstream_rq_retry_backoff_exponential", Type.COUNTER),
  /// Not repeated because the retry budget was spent.
  UPSTREAM_RQ_RETRY_OVERFLOW("upstream_rq_retry_overflow", Type.COUNTER),
  /// Copies of requests that were given up because their backend was too slow, or not there.
  UPSTREAM_RQ_MIRROR_DROPPED("upstream_rq_mirror_dropped", Type.COUNTER),
  UPSTREAM_RQ_PENDING_TOTAL("upstream_rq_pending_total", Type.COUNTER),
  UPSTREAM_RQ_PENDING_ACTIVE("upstream_rq_pending_active", Type.GAUGE),
  UPSTREAM_RQ_PENDING_OVERFLOW("upstream_rq_pending_overflow", Type.COUNTER),
  UPSTREAM_RQ_PENDING_FAILURE_EJECT("upstream_rq_pending_failure_eject", Type.COUNTER),
  UPSTREAM_RQ_MAINTENANCE_MODE("upstream_rq_maintenance_mode", Type.COUNTER),
  UPSTREAM_FLOW_CONTROL_PAUSED_READING("upstream_flow_control_paused_reading_total", Type.COUNTER),
  UPSTREAM_FLOW_CONTROL_RESUMED_READING(
      "upstream_flow_control_resumed_reading_total", Type.COUNTER),
  HTTP2_STREAMS_ACTIVE("http2.streams_active", Type.GAUGE),
  HTTP2_RX_RESET("http2.rx_reset", Type.COUNTER),
  HTTP2_TX_RESET("http2.tx_reset", Type.COUNTER),
  HTTP2_GOAWAY_SENT("http2.goaway_sent", Type.COUNTER),
  HTTP2_KEEPALIVE_TIMEOUT("http2.keepalive_timeout", Type.COUNTER),
  HTTP2_RX_MESSAGING_ERROR("http2.rx_messaging_error", Type.COUNTER),
  SSL_HANDSHAKE("ssl.handshake", Type.COUNTER),
  SSL_SESSION_REUSED("ssl.session_reused", Type.COUNTER),
  SSL_CONNECTION_ERROR("ssl.connection_error", Type.COUNTER),
  SSL_FAIL_VERIFY_ERROR("ssl.fail_verify_error", Type.COUNTER),
  SSL_FAIL_VERIFY_SAN("ssl.fail_verify_san", Type.COUNTER),
  SSL_FAIL_VERIFY_NO_CERT("ssl.fail_verify_no_cert", Type.COUNTER),
  SSL_FAIL_VERIFY_CERT_HASH("ssl.fail_verify_cert_hash", Type.COUNTER),
  SSL_NO_CERTIFICATE("ssl.no_certificate", Type.COUNTER),
  /// Handshakes whose other side was not verified, or not fully, because somebody asked for that.
  SSL_INSECURE("ssl.insecure", Type.COUNTER),
  OUTLIER_EJECTIONS_ENFORCED_TOTAL("outlier_detection.ejections_enforced_total", Type.COUNTER),
  OUTLIER_EJECTIONS_ACTIVE("outlier_detection.ejections_active", Type.GAUGE),
  MEMBERSHIP_CHANGE("membership_change", Type.COUNTER),
  MEMBERSHIP_TOTAL("membership_total", Type.GAUGE),
  MEMBERSHIP_HEALTHY("membership_healthy", Type.GAUGE);

  /// All of them.
  public static final StatSchema SCHEMA =
      new StatSchema(
          Arrays.stream(values()).map(s -> new StatSchema.Stat(s.text, s.type)).toList());

  private final String text;
  private final Type type;

  ClusterStat(String text, Type type) {
    this.text = text;
    this.type = type;
  }

  /// The one of `upstream_rq_1xx` to `5xx` that counts a status.
  public static ClusterStat ofStatus(int status) {
    return switch (status / 100) {
      case 1 -> UPSTREAM_RQ_1XX;
      case 2 -> UPSTREAM_RQ_2XX;
      case 3 -> UPSTREAM_RQ_3XX;
      case 4 -> UPSTREAM_RQ_4XX;
      default -> UPSTREAM_RQ_5XX;
    };
  }
}
