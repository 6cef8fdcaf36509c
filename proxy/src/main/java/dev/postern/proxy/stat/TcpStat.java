package dev.postern.proxy.stat;

import dev.postern.stats.StatSchema;
import dev.postern.stats.StatSchema.Type;
import java.util.Arrays;

/// What is counted for `tcp.<stat prefix>`.
public enum TcpStat {
  DOWNSTREAM_CX_TOTAL("downstream_cx_total", Type.COUNTER),
  DOWNSTREAM_CX_NO_ROUTE("downstream_cx_no_route", Type.COUNTER),
  DOWNSTREAM_CX_RX_BYTES_TOTAL("downstream_cx_rx_bytes_total", Type.COUNTER),
  DOWNSTREAM_CX_TX_BYTES_TOTAL("downstream_cx_tx_bytes_total", Type.COUNTER),
  DOWNSTREAM_FLOW_CONTROL_PAUSED_READING(
      "downstream_flow_control_paused_reading_total", Type.COUNTER),
  DOWNSTREAM_FLOW_CONTROL_RESUMED_READING(
      "downstream_flow_control_resumed_reading_total", Type.COUNTER),
  IDLE_TIMEOUT("idle_timeout", Type.COUNTER);

  /// All of them.
  public static final StatSchema SCHEMA =
      new StatSchema(
          Arrays.stream(values()).map(s -> new StatSchema.Stat(s.text, s.type)).toList());

  private final String text;
  private final Type type;

  TcpStat(String text, Type type) {
    this.text = text;
    this.type = type;
  }
}
