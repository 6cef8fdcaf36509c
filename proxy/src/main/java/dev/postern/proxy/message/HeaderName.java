package dev.postern.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The header names that the data path itself cares about. Every other name is [#OTHER].
public enum HeaderName {
  OTHER(""),
  CONNECTION("connection"),
  HOST("host"),
  CONTENT_LENGTH("content-length"),
  TRANSFER_ENCODING("transfer-encoding"),
  EXPECT("expect"),
  UPGRADE("upgrade"),
  TE("te"),
  TRAILER("trailer"),
  KEEP_ALIVE("keep-alive"),
  PROXY_CONNECTION("proxy-connection"),
  HTTP2_SETTINGS("http2-settings"),
  X_FORWARDED_FOR("x-forwarded-for"),
  X_FORWARDED_PROTO("x-forwarded-proto"),
  X_FORWARDED_HOST("x-forwarded-host"),
  X_FORWARDED_PORT("x-forwarded-port"),
  X_FORWARDED_CLIENT_CERT("x-forwarded-client-cert"),
  X_REQUEST_ID("x-request-id"),
  USER_AGENT("user-agent"),
  CONTENT_TYPE("content-type"),
  COOKIE("cookie"),
  PROXY("proxy"),
  DATE("date"),
  SERVER("server");

  private static final int LONGEST = 23;
  private static final HeaderName[][] BY_LENGTH = byLength();

  private final String text;
  private final byte[] octets;

  HeaderName(String text) {
    this.text = text;
    this.octets = text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Lower case.
  public String text() {
    return text;
  }

  byte[] octets() {
    return octets;
  }

  /// The name that stands in lower case at that place, which is not empty, or [#OTHER].
  public static HeaderName of(byte[] bytes, int offset, int length) {
    if (length > LONGEST) {
      return OTHER;
    }
    byte first = bytes[offset];
    for (HeaderName name : BY_LENGTH[length]) {
      if (name.octets[0] == first
          && Arrays.equals(name.octets, 0, length, bytes, offset, offset + length)) {
        return name;
      }
    }
    return OTHER;
  }

  private static HeaderName[][] byLength() {
    HeaderName[][] table = new HeaderName[LONGEST + 1][];
    for (int length = 0; length <= LONGEST; length++) {
      int wanted = length;
      table[length] =
          Arrays.stream(values())
              .filter(n -> n != OTHER && n.octets.length == wanted)
              .toArray(HeaderName[]::new);
    }
    return table;
  }
}
