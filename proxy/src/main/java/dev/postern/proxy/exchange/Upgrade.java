package dev.postern.proxy.exchange;

import dev.postern.ir.Cluster;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.message.WebSocketKey;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.TrafficFailure;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an exchange whose client asks for a WebSocket (RFC 6455, RFC 8441) needs beside others.
/// Backends are asked as HTTP/1.1 has it, or where they speak HTTP/2 alone as that has it. Once the
/// backend has agreed, octets flow both ways until both have ended.
final class Upgrade {
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] VERSION = Octets.ascii("sec-websocket-version");
  private static final byte[] VERSION_13 = Octets.ascii("13");
  private static final String HTTP_2 = "HTTP/2";
  private static final List<String> ONLY_H2 = List.of("h2");

  private @Nullable ClientConnection connection;
  private boolean wanted;
  private boolean switched;
  private @Nullable String ownKey;

  /// Looks at a request. A client of HTTP/2 sends no key: one is made up for it.
  void begin(ClientStream client) {
    RequestHead request = client.request();
    connection = client.connection();
    wanted = request.websocket();
    if (!wanted || !client.protocol().equals(HTTP_2)) {
      return;
    }
    byte[] nonce = new byte[16];
    client.connection().worker().random().nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    ownKey = key;
    HeaderBlock headers = request.headers();
    headers.removeAll(WebSocketKey.KEY);
    headers.add(WebSocketKey.KEY, Octets.ascii(key));
    if (headers.find(VERSION, 0) < 0) {
      headers.add(VERSION, VERSION_13);
    }
  }

  /// It is over, or never was.
  void end() {
    if (switched && connection != null) {
      connection.http().add(HttpStat.DOWNSTREAM_CX_UPGRADES_ACTIVE.ordinal(), -1);
      connection.worker().tunnelEnds();
    }
    wanted = false;
    switched = false;
    ownKey = null;
  }

  /// Whether the client asked for it.
  boolean wanted() {
    return wanted;
  }

  /// Whether the backend has not answered yet: what the client sends meanwhile waits.
  boolean pending() {
    return wanted && !switched;
  }

  /// Whether octets flow.
  boolean switched() {
    return switched;
  }

  /// Why that cluster does not get the request; null when it does.
  @Nullable Refusal refusal(ClientStream client, Cluster cluster) {
    return !wanted
        ? null
        : switch (cluster.protocol()) {
          case UpstreamProtocol.FastCgi _ ->
              impossible(
                  "the client wants a WebSocket, and "
                      + cluster.name()
                      + " is spoken to in FastCGI");
          case UpstreamProtocol.Bytes() -> impossible("no HTTP is spoken to " + cluster.name());
          case UpstreamProtocol.Http1(), UpstreamProtocol.Http2(), UpstreamProtocol.Negotiated() ->
              inHttp2(cluster) && !WebSocketKey.isIn(client.request().headers())
                  ? new Refusal(
                      TrafficFailure.MALFORMED_REQUEST,
                      "a WebSocket handshake needs one Sec-WebSocket-Key")
                  : null;
        };
  }

  private static Refusal impossible(String reason) {
    return new Refusal(TrafficFailure.PROTOCOL_ERROR, reason);
  }

  /// Whether the connection to that cluster must be HTTP/1.1 although others of it may be HTTP/2: a
  /// switch is understood by more backends there.
  boolean needsHttp1(Cluster cluster) {
    return wanted && !inHttp2(cluster);
  }

  private static boolean inHttp2(Cluster cluster) {
    return switch (cluster.protocol()) {
      case UpstreamProtocol.Http2() -> true;
      case UpstreamProtocol.Negotiated() ->
          cluster.tls().isPresent()
              && cluster.tls().get().parameters().alpnProtocols().equals(ONLY_H2);
      case UpstreamProtocol.Http1(), UpstreamProtocol.FastCgi _, UpstreamProtocol.Bytes() -> false;
    };
  }

  /// The final answer came: a switch, or a refusal. A refusal may have any status but, towards a
  /// client of HTTP/2, a successful one, which would mean a switch there.
  ///
  /// @return what is wrong with it, or null
  @Nullable String objection(ResponseHead head) {
    if (wanted && head.status() == 101) {
      return accept(head);
    }
    return ownKey != null && head.status() < 300
        ? "the backend answered " + head.status() + " instead of switching to websocket"
        : null;
  }

  private @Nullable String accept(ResponseHead head) {
    HeaderBlock headers = head.headers();
    int token = headers.find(HeaderName.UPGRADE, 0);
    if (token < 0
        || !headers.valueIsIgnoreCase(token, WEBSOCKET)
        || headers.find(HeaderName.UPGRADE, token + 1) >= 0) {
      return "the backend switched to another protocol than websocket";
    }
    String key = ownKey;
    if (key != null) {
      int accept = headers.find(WebSocketKey.ACCEPT, 0);
      if (accept < 0 || !headers.valueText(accept).equals(WebSocketKey.answer(key))) {
        return "the backend switched to websocket without the right Sec-WebSocket-Accept";
      }
      headers.removeAll(WebSocketKey.ACCEPT);
    }
    switched = true;
    if (connection != null) {
      connection.count(HttpStat.DOWNSTREAM_CX_UPGRADES_TOTAL);
      connection.count(HttpStat.DOWNSTREAM_CX_UPGRADES_ACTIVE);
      connection.worker().tunnelBegins();
    }
    return null;
  }
}
