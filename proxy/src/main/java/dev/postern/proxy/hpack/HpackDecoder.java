package dev.postern.proxy.hpack;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the header blocks of one connection (RFC 7541 3, 6).
public final class HpackDecoder {
  /// More would overflow.
  private static final int LONGEST_NUMBER = 28;

  private final DynamicTable table = new DynamicTable();
  private final int maxSection;
  private final @Nullable RepeatedValue[] repeated = new RepeatedValue[StaticTable.SIZE + 1];
  private byte[] in = new byte[256];
  private int at;
  private int end;
  private boolean never;
  private HeaderBlock block = new HeaderBlock();
  private byte[] arena = block.bytes();

  /// @param maxSection how large a section may be when decoded: names, values, and 32 octets for
  ///   each field (RFC 9113 6.5.2)
  public HpackDecoder(int maxSection) {
    this.maxSection = maxSection;
  }

  /// Decodes a whole block.
  ///
  /// @return whether the section is larger than it may be: what was too much was not laid
  /// @throws HpackException when nothing can be decoded any more
  public boolean decode(ByteBuf from, FieldSink to) throws HpackException {
    end = from.readableBytes();
    if (in.length < end) {
      in = new byte[end + 256];
    }
    from.getBytes(from.readerIndex(), in, 0, end);
    at = 0;
    block = to.begin();
    sizeUpdates();
    long section = 0;
    while (at < end) {
      section += field(to, section);
    }
    if (in.length > 16_384) {
      in = new byte[256];
    }
    return section > maxSection;
  }

  /// The table's new size may stand before the first field (RFC 7541 4.2).
  private void sizeUpdates() throws HpackException {
    while (at < end && (in[at] & 0xe0) == 0x20) {
      int size = number(5);
      if (size > DynamicTable.MAX_SIZE) {
        throw new HpackException("a table larger than was allowed");
      }
      table.limit(size);
    }
  }

  /// @return its size
  private long field(FieldSink to, long before) throws HpackException {
    int first = in[at];
    if (first < 0) {
      return indexed(entry(number(7)), to, before);
    }
    boolean remember = (first & 0x40) != 0;
    if (!remember && (first & 0x20) != 0) {
      throw new HpackException("a table's size behind a field");
    }
    never = !remember && (first & 0x10) != 0;
    int index = number(remember ? 6 : 4);
    return index == 0 ? unknown(remember, to, before) : named(index, remember, to, before);
  }

  private long indexed(TableEntry entry, FieldSink to, long before) {
    FieldName name = entry.name();
    byte[] value = entry.value();
    if (before + entry.size() <= maxSection) {
      int start = lay(name.octets(), value.length);
      System.arraycopy(value, 0, arena, start, value.length);
      to.field(
          name.pseudo(),
          name.known(),
          name.wellFormed(),
          name.octets().length,
          value.length,
          entry.wellFormed(),
          false);
    }
    return entry.size();
  }

  /// A name of a table with a value of its own.
  private long named(int index, boolean remember, FieldSink to, long before) throws HpackException {
    FieldName name = entry(index).name();
    int length = name.octets().length;
    int start = lay(name.octets(), 0);
    RepeatedValue last = remember || index > StaticTable.SIZE ? null : last(index);
    int value;
    boolean wellFormed = true;
    if (last != null && last.standsAt(in, at, end)) {
      value = again(last, start);
    } else {
      int from = at;
      value = string(start);
      wellFormed = TableEntry.wellFormed(arena, start, value);
      if (last != null && wellFormed) {
        last.keep(in, from, at, arena, start, value);
      }
    }
    if (remember) {
      table.add(new TableEntry(name, Arrays.copyOfRange(arena, start, start + value), wellFormed));
    }
    int size = length + value + TableEntry.OVERHEAD;
    if (before + size <= maxSection) {
      to.field(name.pseudo(), name.known(), name.wellFormed(), length, value, wellFormed, never);
    }
    return size;
  }

  private RepeatedValue last(int index) {
    RepeatedValue last = repeated[index];
    if (last == null) {
      last = new RepeatedValue();
      repeated[index] = last;
    }
    return last;
  }

  /// Reads a string that is known.
  private int again(RepeatedValue last, int to) {
    byte[] value = last.value();
    arena = block.room(to - block.length() + value.length);
    System.arraycopy(value, 0, arena, to, value.length);
    at += last.codedLength();
    return value.length;
  }

  private long unknown(boolean remember, FieldSink to, long before) throws HpackException {
    int start = block.length();
    int length = string(start);
    int value = string(start + length);
    if (remember) {
      FieldName name = FieldName.of(Arrays.copyOfRange(arena, start, start + length));
      int from = start + length;
      table.add(TableEntry.of(name, Arrays.copyOfRange(arena, from, from + value)));
    }
    int size = length + value + TableEntry.OVERHEAD;
    if (before + size <= maxSection) {
      boolean colon = length > 0 && arena[start] == ':';
      to.field(
          colon ? Pseudo.of(arena, start, length) : null,
          colon || length == 0 ? HeaderName.OTHER : HeaderName.of(arena, start, length),
          colon || FieldName.wellFormed(arena, start, length),
          length,
          value,
          TableEntry.wellFormed(arena, start + length, value),
          never);
    }
    return size;
  }

  /// Puts a name behind the block's end.
  ///
  /// @return where its value goes
  private int lay(byte[] name, int more) {
    arena = block.room(name.length + more);
    System.arraycopy(name, 0, arena, block.length(), name.length);
    return block.length() + name.length;
  }

  /// Reads a string (RFC 7541 5.2) to a place in the arena at or behind the block's end.
  ///
  /// @return its length
  private int string(int to) throws HpackException {
    if (at >= end) {
      throw cutOff();
    }
    boolean huffman = in[at] < 0;
    int length = number(7);
    if (length > end - at) {
      throw cutOff();
    }
    int most = huffman ? Huffman.most(length) : length;
    arena = block.room(to - block.length() + most);
    int from = at;
    at += length;
    if (!huffman) {
      System.arraycopy(in, from, arena, to, length);
      return length;
    }
    int last = Huffman.decode(in, from, length, arena, to);
    if (last < 0) {
      throw new HpackException("a string that is not in Huffman's code");
    }
    return last - to;
  }

  private TableEntry entry(int index) throws HpackException {
    if (index == 0 || index > StaticTable.SIZE + table.count()) {
      throw new HpackException("an index that is in no table");
    }
    return index <= StaticTable.SIZE
        ? StaticTable.entry(index)
        : table.entry(index - StaticTable.SIZE - 1);
  }

  /// Reads a number (RFC 7541 5.1) whose first octet has so many bits for it.
  private int number(int bits) throws HpackException {
    int mask = (1 << bits) - 1;
    int value = in[at++] & mask;
    if (value < mask) {
      return value;
    }
    int shift = 0;
    while (true) {
      if (at >= end) {
        throw cutOff();
      }
      int octet = in[at++];
      if (shift >= LONGEST_NUMBER) {
        throw new HpackException("a number that is too large");
      }
      value += (octet & 0x7f) << shift;
      if (value < 0) {
        throw new HpackException("a number that is too large");
      }
      if (octet >= 0) {
        return value;
      }
      shift += 7;
    }
  }

  private static HpackException cutOff() {
    return new HpackException("a header block that is cut off");
  }
}
