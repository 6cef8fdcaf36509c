package dev.postern.proxy.authorization;

import dev.postern.proxy.http1.Characters;
import dev.postern.proxy.message.HeaderBlock;
import java.util.Set;

/// What whoever was asked wants done to one field of a message.
///
/// @param name lower case
public record FieldChange(byte[] name, byte[] value, Action action) {
  /// Where a message ends, who it is for and what a connection does are not theirs to say.
  private static final Set<String> FRAMING =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "proxy-connection",
          "keep-alive",
          "upgrade",
          "http2-settings",
          "te",
          "trailer",
          "expect");

  /// Envoy's `HeaderAppendAction`.
  public enum Action {
    ADD,
    ADD_IF_ABSENT,
    SET,
    SET_IF_PRESENT
  }

  /// Whether fields of that name are theirs to change; pseudo-headers are not (RFC 9113 8.3).
  ///
  /// @param name lower case
  static boolean isFree(String name) {
    return !name.startsWith(":") && !FRAMING.contains(name);
  }

  /// Whether both may stand in a message (RFC 9110 5.1, 5.5).
  static boolean isValid(byte[] name, byte[] value) {
    for (byte b : name) {
      if (!Characters.lowerToken(b)) {
        return false;
      }
    }
    for (byte b : value) {
      if (!Characters.value(b)) {
        return false;
      }
    }
    return name.length > 0;
  }

  void apply(HeaderBlock headers) {
    boolean there = headers.find(name, 0) >= 0;
    switch (action) {
      case ADD -> headers.add(name, value);
      case ADD_IF_ABSENT -> {
        if (!there) {
          headers.add(name, value);
        }
      }
      case SET -> set(headers);
      case SET_IF_PRESENT -> {
        if (there) {
          set(headers);
        }
      }
    }
  }

  private void set(HeaderBlock headers) {
    headers.removeAll(name);
    headers.add(name, value);
  }
}
