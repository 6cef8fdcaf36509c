package dev.postern.proxy.fastcgi;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Makes header fields HTTP_ parameters (RFC 3875 4.1.18).
///
/// - Names with anything but letters, digits and `-` are dropped: `X_Forwarded_For` must not pass
///   for `X-Forwarded-For`, which becomes the same parameter.
/// - Proxy is dropped: HTTP_PROXY steers many programs' own requests (httpoxy.org, CVE-2016-5385).
/// - Several fields of one name become one value (RFC 9110 5.3; for Cookie RFC 6265 5.4).
final class HeaderParameters {
  private static final byte[] PREFIX = Octets.ascii("HTTP_");
  private static final byte[] PROXY = Octets.ascii("proxy");
  private static final byte[] COMMA = Octets.ascii(", ");
  private static final byte[] SEMICOLON = Octets.ascii("; ");

  /// What becomes of an octet of a name; 0 where it may not stand in one.
  private static final byte[] UPPER = new byte[256];

  static {
    for (int c = 'a'; c <= 'z'; c++) {
      UPPER[c] = (byte) (c - 32);
    }
    for (int c = '0'; c <= '9'; c++) {
      UPPER[c] = (byte) c;
    }
    UPPER['-'] = '_';
  }

  private final byte[][] taken;
  private final boolean contentType;

  /// @param taken parameters, without HTTP_, that the configuration sends itself
  /// @param contentType whether Content-Type becomes one of these, too
  HeaderParameters(List<String> taken, boolean contentType) {
    this.taken =
        taken.stream()
            .map(name -> Octets.ascii(name.replace('_', '-').toLowerCase(Locale.ROOT)))
            .toArray(byte[][]::new);
    this.contentType = contentType;
  }

  /// Returns false when one is too long to be sent.
  boolean write(HeaderBlock fields, ParamsWriter to) {
    for (int i = 0; i < fields.count(); i++) {
      if (sent(fields, i) && !again(fields, i) && !write(fields, i, to)) {
        return false;
      }
    }
    return true;
  }

  private boolean sent(HeaderBlock fields, int i) {
    switch (fields.name(i)) {
      case HOST, EXPECT, CONTENT_LENGTH, TRANSFER_ENCODING -> {
        return false;
      }
      case CONTENT_TYPE -> {
        if (!contentType) {
          return false;
        }
      }
      default -> {}
    }
    byte[] bytes = fields.bytes();
    int end = fields.nameOffset(i) + fields.nameLength(i);
    for (int at = fields.nameOffset(i); at < end; at++) {
      if (UPPER[bytes[at] & 0xff] == 0) {
        return false;
      }
    }
    for (byte[] name : taken) {
      if (fields.nameIs(i, name)) {
        return false;
      }
    }
    return !fields.nameIs(i, PROXY);
  }

  private static boolean write(HeaderBlock fields, int first, ParamsWriter to) {
    byte[] separator = fields.name(first) == HeaderName.COOKIE ? SEMICOLON : COMMA;
    int valueLength = fields.valueLength(first);
    int last = first;
    for (int i = first + 1; i < fields.count(); i++) {
      if (sameName(fields, first, i)) {
        valueLength += separator.length + fields.valueLength(i);
        last = i;
      }
    }
    int nameLength = fields.nameLength(first);
    if (!to.pair(PREFIX.length + nameLength, valueLength)) {
      return false;
    }
    ByteBuf out = to.out();
    byte[] bytes = fields.bytes();
    out.writeBytes(PREFIX);
    for (int i = 0; i < nameLength; i++) {
      out.writeByte(UPPER[bytes[fields.nameOffset(first) + i] & 0xff]);
    }
    out.writeBytes(bytes, fields.valueOffset(first), fields.valueLength(first));
    for (int i = first + 1; i <= last; i++) {
      if (sameName(fields, first, i)) {
        out.writeBytes(separator);
        out.writeBytes(bytes, fields.valueOffset(i), fields.valueLength(i));
      }
    }
    return true;
  }

  /// Whether a field of that name was there before.
  private static boolean again(HeaderBlock fields, int i) {
    for (int j = 0; j < i; j++) {
      if (sameName(fields, j, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameName(HeaderBlock fields, int i, int j) {
    int length = fields.nameLength(i);
    if (length != fields.nameLength(j) || fields.name(i) != fields.name(j)) {
      return false;
    }
    byte[] bytes = fields.bytes();
    int a = fields.nameOffset(i);
    int b = fields.nameOffset(j);
    return Arrays.equals(bytes, a, a + length, bytes, b, b + length);
  }
}
