package dev.postern.proxy.fastcgi;

import dev.postern.proxy.http1.Characters;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;

/// Reads the head of a script's response (RFC 3875 6): fields whose lines end in LF or CR LF, then
/// an empty line. Status says the status; without it Location means 302, and its absence 200.
/// Strict about everything else, as for a backend that speaks HTTP.
final class CgiHeadParser {
  /// More octets are needed.
  static final int NEED_MORE = 0;

  /// The head is complete; what follows it was left in the buffer.
  static final int COMPLETE = 1;

  /// The response must be refused; [#failure] says why.
  static final int FAILED = 2;

  private static final int COPY = 2048;
  private static final byte[] STATUS = Octets.ascii("status");
  private static final byte[] LOCATION = Octets.ascii("location");

  /// nginx's own instructions, which clients need not see and which are not followed here.
  private static final byte[] X_ACCEL = Octets.ascii("x-accel-");

  private final int maxOctets;
  private final int maxFields;
  private final ResponseHead head;
  private final boolean toHead;
  private String failure = "";
  private int scan;
  private int lineStart;
  private int fields;
  private boolean statusSeen;
  private boolean lengthSeen;

  /// @param toHead whether the response is to a HEAD request
  CgiHeadParser(int maxOctets, int maxFields, ResponseHead head, boolean toHead) {
    this.maxOctets = maxOctets;
    this.maxFields = maxFields;
    this.head = head;
    this.toHead = toHead;
    head.clear();
  }

  /// Why it failed.
  String failure() {
    return failure;
  }

  /// Reads on; returns [#NEED_MORE], [#COMPLETE] or [#FAILED].
  int parse(ByteBuf in) {
    HeaderBlock block = head.headers();
    while (true) {
      int lf = lineEnd(block);
      if (lf >= 0) {
        int state = line(block, lf);
        if (state == COMPLETE) {
          in.readerIndex(in.readerIndex() - (block.length() - scan));
          block.truncate(scan);
          finish();
        }
        if (state != NEED_MORE) {
          return state;
        }
      } else if (block.length() >= maxOctets) {
        return fail("the script's head is larger than " + maxOctets + " octets");
      } else if (!in.isReadable()) {
        return NEED_MORE;
      } else {
        int take = Math.min(Math.min(in.readableBytes(), COPY), maxOctets - block.length());
        in.readBytes(block.room(take), block.length(), take);
        block.extend(take);
      }
    }
  }

  private int lineEnd(HeaderBlock block) {
    byte[] bytes = block.bytes();
    int end = block.length();
    for (int i = scan; i < end; i++) {
      if (bytes[i] == '\n') {
        scan = i + 1;
        return i;
      }
    }
    scan = end;
    return -1;
  }

  private int line(HeaderBlock block, int lf) {
    byte[] bytes = block.bytes();
    int from = lineStart;
    int to = lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf;
    lineStart = lf + 1;
    return from == to ? COMPLETE : field(block, bytes, from, to);
  }

  private int field(HeaderBlock block, byte[] bytes, int from, int to) {
    int colon = from;
    while (colon < to && bytes[colon] != ':') {
      bytes[colon] = Octets.lower(bytes[colon]);
      if (!Characters.lowerToken(bytes[colon])) {
        return fail("a field name of the script's head is malformed");
      }
      colon++;
    }
    if (colon == from || colon == to) {
      return fail("a line of the script's head is not a field");
    }
    int start = colon + 1;
    while (start < to && (bytes[start] == ' ' || bytes[start] == '\t')) {
      start++;
    }
    int end = to;
    while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
      end--;
    }
    for (int i = start; i < end; i++) {
      if (!Characters.value(bytes[i])) {
        return fail("a field value of the script's head has a forbidden character");
      }
    }
    if (++fields > maxFields) {
      return fail("the script's head has more than " + maxFields + " fields");
    }
    block.index(from, colon - from, start, end - start);
    return special(block, block.count() - 1);
  }

  private int special(HeaderBlock block, int field) {
    return switch (block.name(field)) {
      case CONTENT_LENGTH -> length(block, field);
      case TRANSFER_ENCODING -> {
        block.remove(field);
        yield NEED_MORE;
      }
      case OTHER -> {
        if (block.nameIs(field, STATUS)) {
          yield status(block, field);
        }
        if (instruction(block, field)) {
          block.remove(field);
        }
        yield NEED_MORE;
      }
      default -> NEED_MORE;
    };
  }

  private static boolean instruction(HeaderBlock block, int field) {
    return block.nameLength(field) > X_ACCEL.length
        && Octets.equalsIgnoreCase(block.bytes(), block.nameOffset(field), X_ACCEL, X_ACCEL.length);
  }

  private int length(HeaderBlock block, int field) {
    long octets = Octets.decimal(block.bytes(), block.valueOffset(field), block.valueLength(field));
    if (octets < 0 || lengthSeen) {
      return fail("the script's Content-Length is malformed or there twice");
    }
    lengthSeen = true;
    head.contentLength(octets);
    block.remove(field);
    return NEED_MORE;
  }

  /// Three digits, then perhaps a reason. No 1xx: a script's first head is its only one.
  private int status(HeaderBlock block, int field) {
    byte[] bytes = block.bytes();
    int at = block.valueOffset(field);
    int length = block.valueLength(field);
    long status = length < 3 ? -1 : Octets.decimal(bytes, at, 3);
    if (status < 200 || (length > 3 && bytes[at + 3] != ' ') || statusSeen) {
      return fail("the script's Status is malformed or there twice");
    }
    statusSeen = true;
    head.status((int) status);
    block.remove(field);
    return NEED_MORE;
  }

  private void finish() {
    if (!statusSeen) {
      head.status(head.headers().find(LOCATION, 0) < 0 ? 200 : 302);
    }
    int status = head.status();
    head.bodyless(toHead || status == 204 || status == 304);
    if (status == 204) {
      // RFC 9110 8.6.
      head.contentLength(ResponseHead.UNKNOWN_LENGTH);
    }
  }

  private int fail(String why) {
    failure = why;
    return FAILED;
  }
}
