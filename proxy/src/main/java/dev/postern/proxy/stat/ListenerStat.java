package dev.postern.proxy.stat;

import dev.postern.stats.StatSchema;
import dev.postern.stats.StatSchema.Type;
import java.util.Arrays;

/// What is counted for `listener.<address>_<port>`.
public enum ListenerStat {
  DOWNSTREAM_CX_TOTAL("downstream_cx_total", Type.COUNTER),
  DOWNSTREAM_CX_ACTIVE("downstream_cx_active", Type.GAUGE),
  DOWNSTREAM_CX_DESTROY("downstream_cx_destroy", Type.COUNTER),
  DOWNSTREAM_CX_OVERFLOW("downstream_cx_overflow", Type.COUNTER),
  NO_FILTER_CHAIN_MATCH("no_filter_chain_match", Type.COUNTER),
  SSL_HANDSHAKE("ssl.handshake", Type.COUNTER),
  SSL_CONNECTION_ERROR("ssl.connection_error", Type.COUNTER),
  SSL_SESSION_REUSED("ssl.session_reused", Type.COUNTER),
  SSL_NO_CERTIFICATE("ssl.no_certificate", Type.COUNTER),
  SSL_FAIL_VERIFY_ERROR("ssl.fail_verify_error", Type.COUNTER),
  SSL_FAIL_VERIFY_NO_CERT("ssl.fail_verify_no_cert", Type.COUNTER);

  /// All of them.
  public static final StatSchema SCHEMA =
      new StatSchema(
          Arrays.stream(values()).map(s -> new StatSchema.Stat(s.text, s.type)).toList());

  private final String text;
  private final Type type;

  ListenerStat(String text, Type type) {
    this.text = text;
    this.type = type;
  }
}
