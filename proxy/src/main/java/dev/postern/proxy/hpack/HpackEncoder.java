package dev.postern.proxy.hpack;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import java.util.Arrays;

/// Writes the header blocks of one connection (RFC 7541 6). Not Huffman's code: what it saves on
/// the line costs both sides more.
///
/// A value is put into the peer's table when it comes for the second time in a row under its name:
/// what never comes again (ids, paths, dates) would only drive out what does. Secrets are never put
/// there, as sizes would tell of them to who shares the connection (RFC 7541 7.1.3); nor is what
/// came with the word that it never may be (6.2.3).
public final class HpackEncoder {
  /// Of the peer's table, whatever it would take.
  static final int MAX_TABLE = 4096;

  private static final int INDEXED = 0x80;
  private static final int REMEMBERED = 0x40;
  private static final int TABLE_SIZE = 0x20;
  private static final int NEVER = 0x10;
  private static final int PLAIN = 0;

  private static final int LONGEST_NUMBER = 19;

  private static final byte[] TRAILERS = Octets.ascii("trailers");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");

  private final SentNames names = new SentNames();
  private final SentTable table = new SentTable();
  private final byte[] digits = new byte[LONGEST_NUMBER];
  private byte[] out = new byte[512];
  private int at;
  private int smallest = MAX_TABLE;
  private boolean resized;

  /// What was written since [#begin].
  public byte[] octets() {
    return out;
  }

  /// How many octets it is.
  public int length() {
    return at;
  }

  /// The peer's table takes so many octets (RFC 9113 6.5.2).
  public void tableSize(long octets) {
    int size = (int) Math.min(octets, MAX_TABLE);
    if (size != table.limit()) {
      table.limit(size);
      smallest = Math.min(smallest, size);
      resized = true;
    }
  }

  /// Begins a block.
  public void begin() {
    at = 0;
    if (out.length > 16_384) {
      out = new byte[512];
    }
    if (resized) {
      resized = false;
      if (smallest < table.limit()) {
        number(TABLE_SIZE, 5, smallest);
      }
      number(TABLE_SIZE, 5, table.limit());
      smallest = table.limit();
    }
  }

  /// @param code 100 to 999
  public void status(int code) {
    int index =
        switch (code) {
          case 200 -> 8;
          case 204 -> 9;
          case 206 -> 10;
          case 304 -> 11;
          case 400 -> 12;
          case 404 -> 13;
          case 500 -> 14;
          default -> 0;
        };
    if (index > 0) {
      number(INDEXED, 7, index);
      return;
    }
    number(PLAIN, 4, StaticTable.STATUS);
    room(4);
    out[at++] = 3;
    Octets.writeDecimal(out, at, code);
    at += 3;
  }

  public void method(byte[] bytes, int offset, int length) {
    if (same(StaticTable.METHOD_GET, bytes, offset, length)) {
      number(INDEXED, 7, StaticTable.METHOD_GET);
    } else if (same(StaticTable.METHOD_POST, bytes, offset, length)) {
      number(INDEXED, 7, StaticTable.METHOD_POST);
    } else {
      number(PLAIN, 4, StaticTable.METHOD);
      string(bytes, offset, length);
    }
  }

  /// The method of a request for a WebSocket (RFC 8441 4).
  public void connect() {
    number(PLAIN, 4, StaticTable.METHOD);
    string(Octets.ascii("CONNECT"), 0, 7);
    literalName(PLAIN, Pseudo.PROTOCOL.octets());
    string(WEBSOCKET, 0, WEBSOCKET.length);
  }

  public void scheme(boolean secure) {
    number(INDEXED, 7, secure ? StaticTable.SCHEME_HTTPS : StaticTable.SCHEME_HTTP);
  }

  /// @param never whether it may stand in no table
  public void path(byte[] bytes, int offset, int length, boolean never) {
    if (!never && same(StaticTable.PATH, bytes, offset, length)) {
      number(INDEXED, 7, StaticTable.PATH);
    } else {
      value(names.path, bytes, offset, length, never);
    }
  }

  /// @param never whether it may stand in no table
  public void authority(byte[] bytes, int offset, int length, boolean never) {
    value(names.authority, bytes, offset, length, never);
  }

  public void contentLength(long octets) {
    int length = Octets.writeDecimal(digits, 0, octets);
    value(names.of(HeaderName.CONTENT_LENGTH), digits, 0, length, false);
  }

  /// `te: trailers`
  public void takesTrailers() {
    value(names.of(HeaderName.TE), TRAILERS, 0, TRAILERS.length, false);
  }

  /// Field `i` of a block.
  public void field(HeaderBlock block, int i) {
    HeaderName known = block.name(i);
    SentName name =
        known == HeaderName.OTHER
            ? names.of(block.bytes(), block.nameOffset(i), block.nameLength(i))
            : names.of(known);
    value(name, block.bytes(), block.valueOffset(i), block.valueLength(i), block.neverIndexed(i));
  }

  private void value(SentName name, byte[] bytes, int offset, int length, boolean never) {
    if (name.secret || never) {
      literal(NEVER, 4, name, bytes, offset, length);
      return;
    }
    if (table.has(name.entry) && name.is(bytes, offset, length)) {
      number(INDEXED, 7, table.index(name.entry));
      return;
    }
    if (name.again(bytes, offset, length) && table.fits(name.octets.length + length)) {
      literal(REMEMBERED, 6, name, bytes, offset, length);
      name.entry = table.add(name.octets.length + length);
      name.value = Arrays.copyOfRange(bytes, offset, offset + length);
    } else {
      literal(PLAIN, 4, name, bytes, offset, length);
    }
  }

  private void literal(int kind, int bits, SentName name, byte[] bytes, int offset, int length) {
    int index = name.index > 0 || !table.has(name.entry) ? name.index : table.index(name.entry);
    if (index > 0) {
      number(kind, bits, index);
    } else {
      literalName(kind, name.octets);
    }
    string(bytes, offset, length);
  }

  private void literalName(int kind, byte[] name) {
    number(kind, 4, 0);
    string(name, 0, name.length);
  }

  private void string(byte[] bytes, int offset, int length) {
    number(PLAIN, 7, length);
    room(length);
    System.arraycopy(bytes, offset, out, at, length);
    at += length;
  }

  private void number(int kind, int bits, int value) {
    room(6);
    int mask = (1 << bits) - 1;
    if (value < mask) {
      out[at++] = (byte) (kind | value);
      return;
    }
    out[at++] = (byte) (kind | mask);
    int rest = value - mask;
    while (rest >= 0x80) {
      out[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[at++] = (byte) rest;
  }

  private void room(int octets) {
    if (out.length - at < octets) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, at + octets));
    }
  }

  private static boolean same(int index, byte[] bytes, int offset, int length) {
    byte[] value = StaticTable.entry(index).value();
    return Arrays.equals(value, 0, value.length, bytes, offset, offset + length);
  }
}
