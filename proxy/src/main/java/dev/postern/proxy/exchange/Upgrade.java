package dev.postern.proxy.exchange;

import dev.postern.ir.Cluster;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Timeouts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What an exchange whose client asks for a WebSocket (RFC 6455, RFC 8441) needs beside others.
/// Once the backend has agreed, octets flow both ways until both have ended.
final class Upgrade {
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] KEY = Octets.ascii("sec-websocket-key");
  private static final byte[] ACCEPT = Octets.ascii("sec-websocket-accept");
  private static final byte[] VERSION = Octets.ascii("sec-websocket-version");
  private static final byte[] VERSION_13 = Octets.ascii("13");
  private static final String HTTP_2 = "HTTP/2";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

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
    headers.removeAll(KEY);
    headers.add(KEY, Octets.ascii(key));
    if (headers.find(VERSION, 0) < 0) {
      headers.add(VERSION, VERSION_13);
    }
  }

  /// It is over, or never was.
  void end() {
    if (switched && connection != null) {
      connection.http().add(HttpStat.DOWNSTREAM_CX_UPGRADES_ACTIVE.ordinal(), -1);
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

  /// Why that cluster cannot take part, for the log; null when it can.
  @Nullable String impossible(Cluster cluster) {
    return !wanted
        ? null
        : switch (cluster.protocol()) {
          case UpstreamProtocol.Http1(), UpstreamProtocol.Negotiated() -> null;
          case UpstreamProtocol.Http2() ->
              "the client wants a WebSocket, and "
                  + cluster.name()
                  + " is spoken to in HTTP/2 alone";
          case UpstreamProtocol.FastCgi _ ->
              "the client wants a WebSocket, and " + cluster.name() + " is spoken to in FastCGI";
          case UpstreamProtocol.Bytes() -> "no HTTP is spoken to " + cluster.name();
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
      int accept = headers.find(ACCEPT, 0);
      if (accept < 0 || !headers.valueText(accept).equals(answer(key))) {
        return "the backend switched to websocket without the right Sec-WebSocket-Accept";
      }
      headers.removeAll(ACCEPT);
    }
    switched = true;
    if (connection != null) {
      connection.count(HttpStat.DOWNSTREAM_CX_UPGRADES_TOTAL);
      connection.count(HttpStat.DOWNSTREAM_CX_UPGRADES_ACTIVE);
    }
    return null;
  }

  /// How long nothing may flow; 0 for ever. Once one side has ended, the other gets no longer than
  /// for an ordinary message.
  long idleNanos(Timeouts timeouts, boolean oneEnded) {
    long usual = timeouts.streamIdle().toNanos();
    if (!switched) {
      return usual;
    }
    long idle = timeouts.tunnelIdle().toNanos();
    return oneEnded && usual > 0 && (idle == 0 || usual < idle) ? usual : idle;
  }

  private static String answer(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
