package dev.postern.gatewayapi.resolve.hop;

import java.util.EnumMap;
import java.util.Map;

/// How a Service port is reached for an HTTPRoute: one cell for each hint and state of the TLS
/// policy. TLS is on exactly when a policy is attached; a hint never turns it on and never off.
public final class HopTable {
  private static final Map<AppProtocol, Map<TlsState, Cell>> HTTP_ROUTE = httpRoute();

  private HopTable() {}

  /// What a cell says.
  public sealed interface Cell {
    /// HTTP/1.1, over TLS when the policy says so.
    ///
    /// @param ignored the hint plays no part, which a note should say
    record Http1(boolean ignored) implements Cell {}

    /// The hint asks for TLS, and no policy says whom to trust.
    record NeedsPolicy() implements Cell {}

    /// The policy is there and cannot be followed.
    record FailsClosed() implements Cell {}

    /// Postern will speak it one day.
    record NotBuilt(String what) implements Cell {}

    /// No HTTP server.
    record NotHttp() implements Cell {}
  }

  /// The cell.
  public static Cell httpRoute(AppProtocol hint, TlsState tls) {
    Map<TlsState, Cell> row = HTTP_ROUTE.get(hint);
    Cell cell = row == null ? null : row.get(tls);
    if (cell == null) {
      throw new IllegalStateException("no cell for " + hint + ", " + tls);
    }
    return cell;
  }

  private static Map<AppProtocol, Map<TlsState, Cell>> httpRoute() {
    Map<AppProtocol, Map<TlsState, Cell>> table = new EnumMap<>(AppProtocol.class);
    Cell http1 = new Cell.Http1(false);
    Cell regardless = new Cell.Http1(true);
    Cell needsPolicy = new Cell.NeedsPolicy();
    Cell failsClosed = new Cell.FailsClosed();
    Cell http2 = new Cell.NotBuilt("HTTP/2 to backends");
    Cell webSocket = new Cell.NotBuilt("WebSocket to backends");
    Cell fastCgi = new Cell.NotBuilt("FastCGI");
    Cell autoHttp = new Cell.NotBuilt("TLS that follows the client's");
    Cell notHttp = new Cell.NotHttp();
    //                                          no policy    valid       invalid
    row(table, AppProtocol.UNSET, /*         */ http1, /* */ http1, /* */ failsClosed);
    row(table, AppProtocol.HTTP, /*          */ http1, /* */ http1, /* */ failsClosed);
    row(table, AppProtocol.TCP, /*           */ regardless, regardless, failsClosed);
    row(table, AppProtocol.OTHER_DOMAIN, /*  */ regardless, regardless, failsClosed);
    row(table, AppProtocol.TLS, /*           */ needsPolicy, http1, /* */ failsClosed);
    row(table, AppProtocol.WEBSOCKET_TLS, /* */ needsPolicy, webSocket, webSocket);
    row(table, AppProtocol.WEBSOCKET, /*     */ webSocket, webSocket, webSocket);
    row(table, AppProtocol.HTTP2, /*         */ http2, /* */ http2, /* */ http2);
    row(table, AppProtocol.FASTCGI, /*       */ fastCgi, fastCgi, fastCgi);
    row(table, AppProtocol.AUTO_HTTP, /*     */ autoHttp, autoHttp, autoHttp);
    row(table, AppProtocol.OTHER_IANA, /*    */ notHttp, notHttp, notHttp);
    return table;
  }

  private static void row(
      Map<AppProtocol, Map<TlsState, Cell>> table,
      AppProtocol hint,
      Cell none,
      Cell valid,
      Cell invalid) {
    table.put(
        hint,
        new EnumMap<>(
            Map.of(TlsState.NONE, none, TlsState.VALID, valid, TlsState.INVALID, invalid)));
  }
}
