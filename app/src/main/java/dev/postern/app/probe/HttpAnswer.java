package dev.postern.app.probe;

import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The head of a response of HTTP/1.x.
///
/// @param version `1.1` or `1.0`
/// @param fields by name in lower case
public record HttpAnswer(String version, int status, Map<String, String> fields) {
  private static final Pattern STATUS_LINE =
      Pattern.compile("^HTTP/1\\.([01]) ([1-5][0-9]{2})(?:[ \r\n]|$)");
  private static final int MOST_FIELDS = 100;

  /// The example key of RFC 6455 1.2, and what a server makes of it.
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  static Question request(String authority) {
    return question(authority, "Connection: close\r\n");
  }

  /// An opening handshake of WebSocket (RFC 6455 4.1).
  static Question upgrade(String authority) {
    return question(
        authority,
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
            + WebSocketVersion.V13.toHttpHeaderValue()
            + "\r\nSec-WebSocket-Key: "
            + KEY
            + "\r\n");
  }

  private static Question question(String authority, String fields) {
    String head =
        "GET / HTTP/1.1\r\nHost: "
            + authority
            + "\r\nUser-Agent: postern-probe\r\nAccept: */*\r\n"
            + fields
            + "\r\n";
    return new Question.Bytes(head.getBytes(StandardCharsets.US_ASCII), HttpAnswer::isEnough);
  }

  /// The whole head, or what cannot become one.
  private static boolean isEnough(byte[] heard) {
    String text = new String(heard, StandardCharsets.ISO_8859_1);
    return text.contains("\r\n\r\n")
        || text.contains("\n\n")
        || (text.length() >= 7 && !text.startsWith("HTTP/1."));
  }

  static Optional<HttpAnswer> of(Heard heard) {
    Matcher line = STATUS_LINE.matcher(heard.text());
    if (!line.find()) {
      return Optional.empty();
    }
    Map<String, String> fields = new HashMap<>();
    for (String field : heard.text().split("\r?\n\r?\n", 2)[0].split("\r?\n")) {
      int colon = field.indexOf(':');
      if (colon > 0 && fields.size() < MOST_FIELDS) {
        fields.putIfAbsent(
            PeerText.clean(field.substring(0, colon)).toLowerCase(Locale.ROOT),
            PeerText.clean(field.substring(colon + 1).strip()));
      }
    }
    return Optional.of(
        new HttpAnswer("1." + line.group(1), Integer.parseInt(line.group(2)), fields));
  }

  /// Whether it is the answer of a server that speaks WebSocket at this path.
  WebSocket webSocket() {
    if (status == 101 && ACCEPT.equals(fields.get("sec-websocket-accept"))) {
      return WebSocket.TAKEN;
    }
    return status == 426 ? WebSocket.OTHER_VERSION : WebSocket.NOT_HERE;
  }

  /// What became of an upgrade at `/`.
  public enum WebSocket {
    NOT_ASKED,
    /// 101.
    TAKEN,
    /// 426, which knows upgrades but not this one.
    OTHER_VERSION,
    /// Anything else; there may be a WebSocket at another path.
    NOT_HERE
  }
}
