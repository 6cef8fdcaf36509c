package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Reads a start line and header fields line by line into the arena of a [HeaderBlock], as octets
/// come in. One instance reads one message after another.
abstract class HeadParser {
  /// More octets are needed.
  public static final int NEED_MORE = 0;

  /// The head is complete; what follows it was left in the buffer.
  public static final int COMPLETE = 1;

  /// The message must be refused; [#failure] says why.
  public static final int FAILED = 2;

  private static final int COPY = 2048;
  private static final byte[] CHUNKED = Octets.ascii("chunked");
  private static final byte[] CLOSE = Octets.ascii("close");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] UPGRADE = Octets.ascii("upgrade");

  private final int maxOctets;
  private final int maxFields;
  private @Nullable HeaderBlock block;
  private @Nullable Malformed failure;
  private int scan;
  private int lineStart;

  /// In the line that is read.
  private int firstControl;

  private boolean startLineSeen;

  boolean http10;
  boolean connectionClose;
  boolean connectionKeepAlive;
  boolean connectionUpgrade;
  long contentLength;
  int transferEncodings;
  boolean chunked;

  HeadParser(int maxOctets, int maxFields) {
    this.maxOctets = maxOctets;
    this.maxFields = maxFields;
  }

  final void begin(HeaderBlock into) {
    block = into;
    failure = null;
    scan = 0;
    lineStart = 0;
    firstControl = Integer.MAX_VALUE;
    startLineSeen = false;
    http10 = false;
    connectionClose = false;
    connectionKeepAlive = false;
    connectionUpgrade = false;
    contentLength = -1;
    transferEncodings = 0;
    chunked = false;
  }

  /// There is no start line: fields come first.
  final void skipStartLine() {
    startLineSeen = true;
  }

  /// Whether part of a message was read.
  public final boolean started() {
    return block != null && block.length() > 0;
  }

  /// Whether the sender speaks HTTP/1.0.
  public final boolean http10() {
    return http10;
  }

  /// Whether the sender keeps the connection open after this message.
  public final boolean persistent() {
    return !connectionClose && (!http10 || connectionKeepAlive);
  }

  /// Whether the sender says that Upgrade is meant for this connection.
  public final boolean connectionUpgrade() {
    return connectionUpgrade;
  }

  /// Why it failed.
  public final Malformed failure() {
    if (failure == null) {
      throw new IllegalStateException("did not fail");
    }
    return failure;
  }

  /// Reads on; returns [#NEED_MORE], [#COMPLETE] or [#FAILED].
  public final int parse(ByteBuf in) {
    HeaderBlock b = block();
    while (true) {
      int lf = lineEnd(b);
      if (lf >= 0) {
        int state = line(b, lf);
        if (state != NEED_MORE) {
          if (state == COMPLETE) {
            in.readerIndex(in.readerIndex() - (b.length() - scan));
            b.truncate(scan);
            return finish() ? COMPLETE : FAILED;
          }
          return state;
        }
      } else if (b.length() >= maxOctets) {
        return fail(startLineSeen ? Malformed.HEAD_TOO_LARGE : tooLongStart());
      } else if (!in.isReadable()) {
        return NEED_MORE;
      } else {
        int take = Math.min(Math.min(in.readableBytes(), COPY), maxOctets - b.length());
        in.readBytes(b.room(take), b.length(), take);
        b.extend(take);
      }
    }
  }

  /// Reads the start line, of which CR LF was cut off.
  abstract boolean startLine(HeaderBlock b, int from, int to);

  /// Checks the whole once all fields are read.
  abstract boolean finish();

  /// What it means when the start line does not end within the limit.
  abstract Malformed tooLongStart();

  /// A field that the message itself must look at; returns false when it failed.
  abstract boolean special(HeaderBlock b, HeaderName name, int field);

  final int fail(Malformed why) {
    failure = why;
    return FAILED;
  }

  final HeaderBlock block() {
    if (block == null) {
      throw new IllegalStateException("begin first");
    }
    return block;
  }

  private int lineEnd(HeaderBlock b) {
    byte[] bytes = b.bytes();
    int end = b.length();
    int at = scan;
    while ((at = Controls.next(bytes, at, end)) < end) {
      if (bytes[at] == '\n') {
        scan = at + 1;
        return at;
      }
      firstControl = Math.min(firstControl, at);
      at++;
    }
    scan = end;
    return -1;
  }

  private int line(HeaderBlock b, int lf) {
    byte[] bytes = b.bytes();
    int from = lineStart;
    int to = lf - 1;
    if (to < from || bytes[to] != '\r') {
      return fail(Malformed.LINE_END);
    }
    boolean controls = firstControl < to;
    firstControl = Integer.MAX_VALUE;
    lineStart = lf + 1;
    if (from == to) {
      // RFC 9112 2.2: an empty line before the start line is skipped.
      return startLineSeen ? COMPLETE : from == 0 ? NEED_MORE : fail(Malformed.START_LINE);
    }
    if (!startLineSeen) {
      startLineSeen = true;
      return startLine(b, from, to) ? NEED_MORE : FAILED;
    }
    return field(b, bytes, from, to, controls) ? NEED_MORE : FAILED;
  }

  /// @param controls whether there are control characters in the line
  private boolean field(HeaderBlock b, byte[] bytes, int from, int to, boolean controls) {
    if (bytes[from] == ' ' || bytes[from] == '\t') {
      return failed(Malformed.FOLDED_FIELD);
    }
    int colon = from;
    byte lower;
    while (colon < to && (lower = Characters.LOWER_TOKEN[bytes[colon] & 0xff]) != 0) {
      bytes[colon++] = lower;
    }
    if (colon == from || colon == to || bytes[colon] != ':') {
      return failed(Malformed.FIELD_NAME);
    }
    int start = colon + 1;
    while (start < to && (bytes[start] == ' ' || bytes[start] == '\t')) {
      start++;
    }
    int end = to;
    while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
      end--;
    }
    for (int i = start; controls && i < end; i++) {
      if (!Characters.VALUE[bytes[i] & 0xff]) {
        return failed(Malformed.FIELD_VALUE);
      }
    }
    if (b.count() >= maxFields) {
      return failed(Malformed.TOO_MANY_FIELDS);
    }
    b.index(from, colon - from, start, end - start);
    int field = b.count() - 1;
    return switch (b.name(field)) {
      case OTHER -> true;
      case CONTENT_LENGTH -> length(b, field);
      case TRANSFER_ENCODING -> encoding(b, field);
      case CONNECTION -> connection(b, field);
      default -> special(b, b.name(field), field);
    };
  }

  final boolean failed(Malformed why) {
    failure = why;
    return false;
  }

  private boolean length(HeaderBlock b, int field) {
    long octets = Octets.decimal(b.bytes(), b.valueOffset(field), b.valueLength(field));
    if (octets < 0 || contentLength >= 0) {
      return failed(Malformed.CONTENT_LENGTH);
    }
    contentLength = octets;
    b.remove(field);
    return true;
  }

  private boolean encoding(HeaderBlock b, int field) {
    transferEncodings++;
    chunked = b.valueIsIgnoreCase(field, CHUNKED);
    b.remove(field);
    return true;
  }

  /// The token list stays in the block: who forwards removes the fields that it names.
  private boolean connection(HeaderBlock b, int field) {
    connectionClose |= lists(b, field, CLOSE);
    connectionKeepAlive |= lists(b, field, KEEP_ALIVE);
    connectionUpgrade |= lists(b, field, UPGRADE);
    return true;
  }

  /// Whether a field whose value is a list has that token, given in lower case.
  static boolean lists(HeaderBlock b, int field, byte[] token) {
    byte[] bytes = b.bytes();
    int at = b.valueOffset(field);
    int end = at + b.valueLength(field);
    while (at < end) {
      int comma = at;
      while (comma < end && bytes[comma] != ',') {
        comma++;
      }
      int to = comma;
      while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
        at++;
      }
      while (to > at && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
        to--;
      }
      if (to - at == token.length && Octets.equalsIgnoreCase(bytes, at, token, token.length)) {
        return true;
      }
      at = comma + 1;
    }
    return false;
  }
}
