package dev.postern.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Header fields in order, as octets in one array. Names are lower case, as Envoy sends them and
/// HTTP/2 demands; values are free of leading and trailing white space and of control characters.
///
/// The array is an arena: a parser may put the raw message there and point into it; what is added
/// later goes behind. Removing a field only drops its index. Reused from message to message; not
/// thread-safe.
public final class HeaderBlock {
  private static final int PER_FIELD = 4;

  /// In a field's length of its name: see [#neverIndexed].
  private static final int NEVER_INDEXED = 1 << 31;

  private byte[] bytes = new byte[2048];
  private int length;
  private int[] fields = new int[32 * PER_FIELD];
  private HeaderName[] names = new HeaderName[32];
  private int count;
  private long present;

  /// Forgets everything, keeps the memory unless an unusual message made it large.
  public void clear() {
    length = 0;
    count = 0;
    present = 0;
    if (bytes.length > 16_384) {
      bytes = new byte[2048];
    }
  }

  /// The arena. Valid until the next call that adds.
  public byte[] bytes() {
    return bytes;
  }

  /// How much of the arena is in use.
  public int length() {
    return length;
  }

  /// Makes room behind what is in use and returns the arena: for parsers, which then say with
  /// [#extend] how much they wrote.
  public byte[] room(int octets) {
    if (bytes.length - length < octets) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + octets));
    }
    return bytes;
  }

  /// Counts octets that were written behind the end as in use.
  public void extend(int octets) {
    length += octets;
  }

  /// Gives back what is behind `newLength`.
  public void truncate(int newLength) {
    length = newLength;
  }

  /// The number of fields.
  public int count() {
    return count;
  }

  /// Indexes a field whose lower-case name and value stand in the arena.
  public void index(int nameOffset, int nameLength, int valueOffset, int valueLength) {
    index(
        HeaderName.of(bytes, nameOffset, nameLength),
        nameOffset,
        nameLength,
        valueOffset,
        valueLength);
  }

  /// Indexes a field whose name is known already.
  public void index(
      HeaderName name, int nameOffset, int nameLength, int valueOffset, int valueLength) {
    int at = slot(name);
    fields[at] = nameOffset;
    fields[at + 1] = nameLength;
    fields[at + 2] = valueOffset;
    fields[at + 3] = valueLength;
  }

  /// Adds a field; the name must be lower case.
  public void add(byte[] name, byte[] value) {
    add(name, 0, name.length, value, 0, value.length);
  }

  /// Adds a field; the name must be lower case.
  public void add(
      byte[] name, int nameOffset, int nameLength, byte[] value, int valueOffset, int valueLength) {
    byte[] to = room(nameLength + valueLength);
    int start = length;
    System.arraycopy(name, nameOffset, to, start, nameLength);
    System.arraycopy(value, valueOffset, to, start + nameLength, valueLength);
    length += nameLength + valueLength;
    index(start, nameLength, start + nameLength, valueLength);
  }

  /// Adds a field; the name must be lower case. Characters over U+00FF become `?`.
  public void add(CharSequence name, CharSequence value) {
    add(
        name.toString().getBytes(StandardCharsets.ISO_8859_1),
        value.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Adds a field of a known name.
  public void add(HeaderName name, byte[] value, int valueOffset, int valueLength) {
    add(name.octets(), 0, name.octets().length, value, valueOffset, valueLength);
  }

  /// Whether a field of that name is there.
  public boolean has(HeaderName name) {
    return (present & (1L << name.ordinal())) != 0;
  }

  /// The first field of that name from field `from` on, or -1.
  public int find(HeaderName name, int from) {
    if (!has(name)) {
      return -1;
    }
    for (int i = from; i < count; i++) {
      if (names[i] == name) {
        return i;
      }
    }
    return -1;
  }

  /// The first field of that name in lower case from field `from` on, or -1.
  public int find(byte[] name, int from) {
    for (int i = from; i < count; i++) {
      if (nameIs(i, name)) {
        return i;
      }
    }
    return -1;
  }

  /// Whether field `i` has that name in lower case.
  public boolean nameIs(int i, byte[] name) {
    int at = i * PER_FIELD;
    return nameLength(i) == name.length
        && Arrays.equals(bytes, fields[at], fields[at] + name.length, name, 0, name.length);
  }

  /// The known name of field `i`.
  public HeaderName name(int i) {
    return names[i];
  }

  public int nameOffset(int i) {
    return fields[i * PER_FIELD];
  }

  public int nameLength(int i) {
    return fields[i * PER_FIELD + 1] & ~NEVER_INDEXED;
  }

  public int valueOffset(int i) {
    return fields[i * PER_FIELD + 2];
  }

  public int valueLength(int i) {
    return fields[i * PER_FIELD + 3];
  }

  /// Whether nobody on the way may keep field `i` in a table of HPACK, by the word of who sent it
  /// (RFC 7541 6.2.3).
  public boolean neverIndexed(int i) {
    return (fields[i * PER_FIELD + 1] & NEVER_INDEXED) != 0;
  }

  /// Says that of the last field.
  public void neverIndexLast() {
    fields[(count - 1) * PER_FIELD + 1] |= NEVER_INDEXED;
  }

  /// The name of field `i`. Allocates: not for the usual path.
  public String nameText(int i) {
    return new String(bytes, nameOffset(i), nameLength(i), StandardCharsets.ISO_8859_1);
  }

  /// The value of field `i`. Allocates: not for the usual path.
  public String valueText(int i) {
    return new String(bytes, valueOffset(i), valueLength(i), StandardCharsets.ISO_8859_1);
  }

  /// Whether the value of field `i` is `token`, given in lower case, in any letter case.
  public boolean valueIsIgnoreCase(int i, byte[] token) {
    return valueLength(i) == token.length
        && Octets.equalsIgnoreCase(bytes, valueOffset(i), token, token.length);
  }

  /// Removes field `i`; those behind it move up.
  public void remove(int i) {
    int at = i * PER_FIELD;
    System.arraycopy(fields, at + PER_FIELD, fields, at, (count - i - 1) * PER_FIELD);
    System.arraycopy(names, i + 1, names, i, count - i - 1);
    count--;
  }

  /// Removes every field of that name.
  public void removeAll(HeaderName name) {
    if (!has(name)) {
      return;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (names[i] == name) {
        remove(i);
      }
    }
    present &= ~(1L << name.ordinal());
  }

  /// Removes every field of that name in lower case.
  public void removeAll(byte[] name) {
    HeaderName known = name.length == 0 ? HeaderName.OTHER : HeaderName.of(name, 0, name.length);
    if (known != HeaderName.OTHER) {
      removeAll(known);
      return;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (nameIs(i, name)) {
        remove(i);
      }
    }
  }

  /// Becomes the same as another, offsets included, in memory of its own.
  public void copy(HeaderBlock from) {
    length = 0;
    System.arraycopy(from.bytes, 0, room(from.length), 0, from.length);
    length = from.length;
    fields = from.fields.clone();
    names = from.names.clone();
    count = from.count;
    present = from.present;
  }

  /// Takes over all fields of another block.
  public void addAll(HeaderBlock from) {
    for (int i = 0; i < from.count; i++) {
      add(
          from.bytes,
          from.nameOffset(i),
          from.nameLength(i),
          from.bytes,
          from.valueOffset(i),
          from.valueLength(i));
      if (from.neverIndexed(i)) {
        neverIndexLast();
      }
    }
  }

  private int slot(HeaderName name) {
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      fields = Arrays.copyOf(fields, count * 2 * PER_FIELD);
    }
    names[count] = name;
    present |= 1L << name.ordinal();
    return count++ * PER_FIELD;
  }

  /// For debugging alone: values may be secret.
  @Override
  public String toString() {
    return "HeaderBlock[" + count + " fields]";
  }
}
