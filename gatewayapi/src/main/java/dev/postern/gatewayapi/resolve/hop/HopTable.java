package dev.postern.gatewayapi.resolve.hop;

import java.util.EnumMap;
import java.util.Map;

/// How a port is reached: one cell for each kind of route, hint and state of TLS. TLS is on exactly
/// when somebody says whom to trust; a hint never turns it on and never off. Where TLS passes
/// through, and around datagrams, it is never on.
public final class HopTable {
  private static final Map<RouteKind, Map<AppProtocol, Map<TlsState, Cell>>> TABLE = table();

  private HopTable() {}

  /// What a cell says.
  public sealed interface Cell {
    /// This is spoken, over TLS where the state of TLS is [TlsState#VALID].
    record Speak(Version version, Note note) implements Cell {}

    /// This is spoken, over TLS for those clients that came by TLS.
    record SpeakByScheme(Version version) implements Cell {}

    /// Nothing: the route cannot be followed there.
    record Refused(Reason reason) implements Cell {}

    /// Nothing: whoever decides about TLS cannot be followed.
    record FailsClosed() implements Cell {}
  }

  /// What may be spoken.
  public enum Version {
    HTTP1,
    HTTP2,
    /// HTTP/1.1 in plaintext, over TLS what the backend chooses of h2 and http/1.1.
    NEGOTIATED,
    FAST_CGI,
    BYTES
  }

  /// What a person should know about a hop that is made.
  public enum Note {
    NONE,
    /// The hint says nothing about HTTP and plays no part.
    HINT_IGNORED,
    /// The hint says HTTP, and gRPC needs HTTP/2.
    HTTP2_ALL_THE_SAME
  }

  /// Why a hop is not made.
  public enum Reason {
    /// The hint asks for TLS, and nobody says whom to trust.
    NEEDS_POLICY,
    /// No HTTP server.
    NOT_HTTP,
    /// An HTTP server, and not one for gRPC.
    NOT_GRPC,
    /// It goes by the client's HTTP.
    NOT_BYTES
  }

  /// The cell.
  public static Cell cell(RouteKind route, AppProtocol hint, TlsState tls) {
    Map<AppProtocol, Map<TlsState, Cell>> rows = TABLE.get(route);
    Map<TlsState, Cell> row = rows == null ? null : rows.get(hint);
    Cell cell = row == null ? null : row.get(tls);
    if (cell == null) {
      throw new IllegalStateException("no cell for " + route + ", " + hint + ", " + tls);
    }
    return cell;
  }

  private static Map<RouteKind, Map<AppProtocol, Map<TlsState, Cell>>> table() {
    Map<RouteKind, Map<AppProtocol, Map<TlsState, Cell>>> table = new EnumMap<>(RouteKind.class);
    table.put(RouteKind.HTTP, httpRoute());
    table.put(RouteKind.GRPC, grpcRoute());
    table.put(RouteKind.BYTES, byteRoutes());
    table.put(RouteKind.PASSTHROUGH, fixed());
    table.put(RouteKind.DATAGRAMS, fixed());
    return table;
  }

  private static Map<AppProtocol, Map<TlsState, Cell>> httpRoute() {
    Map<AppProtocol, Map<TlsState, Cell>> rows = new EnumMap<>(AppProtocol.class);
    Cell http1 = speak(Version.HTTP1);
    Cell http2 = speak(Version.HTTP2);
    Cell negotiated = speak(Version.NEGOTIATED);
    Cell regardless = new Cell.Speak(Version.NEGOTIATED, Note.HINT_IGNORED);
    Cell fastCgi = speak(Version.FAST_CGI);
    Cell byScheme = new Cell.SpeakByScheme(Version.HTTP1);
    Cell needsPolicy = new Cell.Refused(Reason.NEEDS_POLICY);
    //                                    nobody asks       can be followed
    row(rows, AppProtocol.UNSET, /*         */ negotiated, negotiated);
    row(rows, AppProtocol.HTTP, /*          */ http1, /* */ http1);
    row(rows, AppProtocol.TCP, /*           */ regardless, regardless);
    row(rows, AppProtocol.HTTP2, /*         */ http2, /* */ http2);
    row(rows, AppProtocol.WEBSOCKET, /*     */ http1, /* */ http1);
    row(rows, AppProtocol.WEBSOCKET_TLS, /* */ needsPolicy, http1);
    row(rows, AppProtocol.TLS, /*           */ needsPolicy, negotiated);
    row(rows, AppProtocol.FASTCGI, /*       */ fastCgi, fastCgi);
    row(rows, AppProtocol.AUTO_HTTP, /*     */ needsPolicy, byScheme);
    row(rows, AppProtocol.OTHER_DOMAIN, /*  */ regardless, regardless);
    refuse(rows, AppProtocol.OTHER_IANA, Reason.NOT_HTTP);
    return rows;
  }

  private static Map<AppProtocol, Map<TlsState, Cell>> grpcRoute() {
    Map<AppProtocol, Map<TlsState, Cell>> rows = new EnumMap<>(AppProtocol.class);
    Cell http2 = speak(Version.HTTP2);
    Cell allTheSame = new Cell.Speak(Version.HTTP2, Note.HTTP2_ALL_THE_SAME);
    Cell regardless = new Cell.Speak(Version.HTTP2, Note.HINT_IGNORED);
    row(rows, AppProtocol.UNSET, http2, http2);
    row(rows, AppProtocol.HTTP, allTheSame, allTheSame);
    row(rows, AppProtocol.TCP, regardless, regardless);
    row(rows, AppProtocol.HTTP2, http2, http2);
    refuse(rows, AppProtocol.WEBSOCKET, Reason.NOT_GRPC);
    refuse(rows, AppProtocol.WEBSOCKET_TLS, Reason.NOT_GRPC);
    row(rows, AppProtocol.TLS, new Cell.Refused(Reason.NEEDS_POLICY), http2);
    refuse(rows, AppProtocol.FASTCGI, Reason.NOT_GRPC);
    refuse(rows, AppProtocol.AUTO_HTTP, Reason.NOT_GRPC);
    row(rows, AppProtocol.OTHER_DOMAIN, regardless, regardless);
    refuse(rows, AppProtocol.OTHER_IANA, Reason.NOT_HTTP);
    return rows;
  }

  private static Map<AppProtocol, Map<TlsState, Cell>> byteRoutes() {
    Map<AppProtocol, Map<TlsState, Cell>> rows = new EnumMap<>(AppProtocol.class);
    Cell bytes = speak(Version.BYTES);
    for (AppProtocol hint : AppProtocol.values()) {
      switch (hint) {
        case TLS, WEBSOCKET_TLS -> row(rows, hint, new Cell.Refused(Reason.NEEDS_POLICY), bytes);
        case AUTO_HTTP -> refuse(rows, hint, Reason.NOT_BYTES);
        case OTHER_DOMAIN ->
            row(
                rows,
                hint,
                new Cell.Speak(Version.BYTES, Note.HINT_IGNORED),
                new Cell.Speak(Version.BYTES, Note.HINT_IGNORED));
        case UNSET, HTTP, TCP, HTTP2, WEBSOCKET, FASTCGI, OTHER_IANA ->
            row(rows, hint, bytes, bytes);
      }
    }
    return rows;
  }

  private static Map<AppProtocol, Map<TlsState, Cell>> fixed() {
    Map<AppProtocol, Map<TlsState, Cell>> rows = new EnumMap<>(AppProtocol.class);
    Cell bytes = speak(Version.BYTES);
    for (AppProtocol hint : AppProtocol.values()) {
      row(rows, hint, bytes, bytes, bytes);
    }
    return rows;
  }

  private static Cell speak(Version version) {
    return new Cell.Speak(version, Note.NONE);
  }

  private static void row(
      Map<AppProtocol, Map<TlsState, Cell>> rows, AppProtocol hint, Cell none, Cell valid) {
    row(rows, hint, none, valid, new Cell.FailsClosed());
  }

  private static void refuse(
      Map<AppProtocol, Map<TlsState, Cell>> rows, AppProtocol hint, Reason why) {
    Cell refused = new Cell.Refused(why);
    row(rows, hint, refused, refused, refused);
  }

  private static void row(
      Map<AppProtocol, Map<TlsState, Cell>> rows,
      AppProtocol hint,
      Cell none,
      Cell valid,
      Cell invalid) {
    rows.put(
        hint,
        new EnumMap<>(
            Map.of(TlsState.NONE, none, TlsState.VALID, valid, TlsState.INVALID, invalid)));
  }
}
