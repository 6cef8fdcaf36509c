package dev.postern.proxy.stat;

import dev.postern.stats.StatSchema;
import dev.postern.stats.StatSchema.Type;
import java.util.Arrays;

/// What is counted for `http.<stat prefix>`.
public enum HttpStat {
  DOWNSTREAM_CX_TOTAL("downstream_cx_total", Type.COUNTER),
  DOWNSTREAM_CX_ACTIVE("downstream_cx_active", Type.GAUGE),
  DOWNSTREAM_CX_HTTP1_TOTAL("downstream_cx_http1_total", Type.COUNTER),
  DOWNSTREAM_CX_HTTP1_ACTIVE("downstream_cx_http1_active", Type.GAUGE),
  DOWNSTREAM_CX_HTTP2_TOTAL("downstream_cx_http2_total", Type.COUNTER),
  DOWNSTREAM_CX_HTTP2_ACTIVE("downstream_cx_http2_active", Type.GAUGE),
  DOWNSTREAM_CX_SSL_TOTAL("downstream_cx_ssl_total", Type.COUNTER),
  DOWNSTREAM_CX_SSL_ACTIVE("downstream_cx_ssl_active", Type.GAUGE),
  DOWNSTREAM_CX_DESTROY("downstream_cx_destroy", Type.COUNTER),
  DOWNSTREAM_CX_DESTROY_REMOTE_ACTIVE_RQ("downstream_cx_destroy_remote_active_rq", Type.COUNTER),
  DOWNSTREAM_CX_UPGRADES_TOTAL("downstream_cx_upgrades_total", Type.COUNTER),
  DOWNSTREAM_CX_UPGRADES_ACTIVE("downstream_cx_upgrades_active", Type.GAUGE),
  DOWNSTREAM_CX_PROTOCOL_ERROR("downstream_cx_protocol_error", Type.COUNTER),
  DOWNSTREAM_CX_IDLE_TIMEOUT("downstream_cx_idle_timeout", Type.COUNTER),
  DOWNSTREAM_CX_DRAIN_CLOSE("downstream_cx_drain_close", Type.COUNTER),
  DOWNSTREAM_CX_RX_BYTES_TOTAL("downstream_cx_rx_bytes_total", Type.COUNTER),
  DOWNSTREAM_CX_TX_BYTES_TOTAL("downstream_cx_tx_bytes_total", Type.COUNTER),
  DOWNSTREAM_RQ_TOTAL("downstream_rq_total", Type.COUNTER),
  DOWNSTREAM_RQ_ACTIVE("downstream_rq_active", Type.GAUGE),
  DOWNSTREAM_RQ_COMPLETED("downstream_rq_completed", Type.COUNTER),
  DOWNSTREAM_RQ_HTTP1_TOTAL("downstream_rq_http1_total", Type.COUNTER),
  DOWNSTREAM_RQ_HTTP2_TOTAL("downstream_rq_http2_total", Type.COUNTER),
  DOWNSTREAM_RQ_1XX("downstream_rq_1xx", Type.COUNTER),
  DOWNSTREAM_RQ_2XX("downstream_rq_2xx", Type.COUNTER),
  DOWNSTREAM_RQ_3XX("downstream_rq_3xx", Type.COUNTER),
  DOWNSTREAM_RQ_4XX("downstream_rq_4xx", Type.COUNTER),
  DOWNSTREAM_RQ_5XX("downstream_rq_5xx", Type.COUNTER),
  DOWNSTREAM_RQ_HEADER_TIMEOUT("downstream_rq_header_timeout", Type.COUNTER),
  DOWNSTREAM_RQ_IDLE_TIMEOUT("downstream_rq_idle_timeout", Type.COUNTER),
  DOWNSTREAM_RQ_TOO_LARGE("downstream_rq_too_large", Type.COUNTER),
  DOWNSTREAM_RQ_RX_RESET("downstream_rq_rx_reset", Type.COUNTER),
  DOWNSTREAM_RQ_TX_RESET("downstream_rq_tx_reset", Type.COUNTER),
  DOWNSTREAM_FLOW_CONTROL_PAUSED_READING(
      "downstream_flow_control_paused_reading_total", Type.COUNTER),
  DOWNSTREAM_FLOW_CONTROL_RESUMED_READING(
      "downstream_flow_control_resumed_reading_total", Type.COUNTER),
  NO_ROUTE("no_route", Type.COUNTER),
  NO_CLUSTER("no_cluster", Type.COUNTER),
  RQ_DIRECT_RESPONSE("rq_direct_response", Type.COUNTER),
  RQ_REDIRECT("rq_redirect", Type.COUNTER),
  CORS_ORIGIN_VALID("cors.origin_valid", Type.COUNTER),
  CORS_ORIGIN_INVALID("cors.origin_invalid", Type.COUNTER),
  EXT_AUTHZ_OK("ext_authz.ok", Type.COUNTER),
  EXT_AUTHZ_DENIED("ext_authz.denied", Type.COUNTER),
  EXT_AUTHZ_ERROR("ext_authz.error", Type.COUNTER);

  /// All of them.
  public static final StatSchema SCHEMA =
      new StatSchema(
          Arrays.stream(values()).map(s -> new StatSchema.Stat(s.text, s.type)).toList());

  private final String text;
  private final Type type;

  HttpStat(String text, Type type) {
    this.text = text;
    this.type = type;
  }

  /// The one of `downstream_rq_1xx` to `5xx` that counts a status.
  public static HttpStat ofStatus(int status) {
    return switch (status / 100) {
      case 1 -> DOWNSTREAM_RQ_1XX;
      case 2 -> DOWNSTREAM_RQ_2XX;
      case 3 -> DOWNSTREAM_RQ_3XX;
      case 4 -> DOWNSTREAM_RQ_4XX;
      default -> DOWNSTREAM_RQ_5XX;
    };
  }
}
