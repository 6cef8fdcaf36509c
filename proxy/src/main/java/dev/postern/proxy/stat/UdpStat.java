package dev.postern.proxy.stat;

import dev.postern.stats.StatSchema;
import dev.postern.stats.StatSchema.Type;
import java.util.Arrays;

/// What is counted for `udp.<stat prefix>`.
public enum UdpStat {
  DOWNSTREAM_SESS_TOTAL("downstream_sess_total", Type.COUNTER),
  DOWNSTREAM_SESS_ACTIVE("downstream_sess_active", Type.GAUGE),
  DOWNSTREAM_SESS_NO_ROUTE("downstream_sess_no_route", Type.COUNTER),
  DOWNSTREAM_SESS_OVERFLOW("downstream_sess_overflow", Type.COUNTER),
  DOWNSTREAM_SESS_RX_BYTES("downstream_sess_rx_bytes", Type.COUNTER),
  DOWNSTREAM_SESS_RX_DATAGRAMS("downstream_sess_rx_datagrams", Type.COUNTER),
  DOWNSTREAM_SESS_RX_ERRORS("downstream_sess_rx_errors", Type.COUNTER),
  DOWNSTREAM_SESS_TX_BYTES("downstream_sess_tx_bytes", Type.COUNTER),
  DOWNSTREAM_SESS_TX_DATAGRAMS("downstream_sess_tx_datagrams", Type.COUNTER),
  DOWNSTREAM_SESS_TX_ERRORS("downstream_sess_tx_errors", Type.COUNTER),
  IDLE_TIMEOUT("idle_timeout", Type.COUNTER);

  /// All of them.
  public static final StatSchema SCHEMA =
      new StatSchema(
          Arrays.stream(values()).map(s -> new StatSchema.Stat(s.text, s.type)).toList());

  private final String text;
  private final Type type;

  UdpStat(String text, Type type) {
    this.text = text;
    this.type = type;
  }
}
