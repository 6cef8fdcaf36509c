package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.FieldSink;
import dev.postern.proxy.hpack.Pseudo;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes the fields of a message as HPACK decodes them, and checks each (RFC 9113 8.2, 8.3).
///
/// What is wrong is only noted: HPACK has to go on to the end of the block, or its state would
/// differ from the peer's.
abstract class ReceivedFields implements FieldSink {
  private final int maxFields;
  private HeaderBlock block = new HeaderBlock();
  private boolean regular;

  @Nullable Malformed failure;

  /// Whether a pseudo-header field was among them.
  boolean pseudo;

  /// What Content-Length says, or -1.
  long contentLength;

  /// @param maxFields of one section
  ReceivedFields(int maxFields) {
    this.maxFields = maxFields;
  }

  /// Starts with the next section.
  HeaderBlock begin(HeaderBlock into) {
    block = into;
    regular = false;
    pseudo = false;
    failure = null;
    contentLength = -1;
    return into;
  }

  /// A pseudo-header field stands behind the end of the block.
  ///
  /// @return what is wrong with it, or null
  abstract @Nullable Malformed takePseudo(
      Pseudo name, int valueOffset, int valueLength, boolean neverIndexed);

  /// A field is the last of the block.
  ///
  /// @return what is wrong with it, or null
  abstract @Nullable Malformed takeSpecial(HeaderName name, int field);

  @Override
  public final void field(
      @Nullable Pseudo name,
      HeaderName regularName,
      boolean nameWellFormed,
      int nameLength,
      int valueLength,
      boolean valueWellFormed,
      boolean neverIndexed) {
    if (failure != null) {
      return;
    }
    int start = block.length();
    if (name != null) {
      pseudo = true;
      failure =
          regular || valueLength == 0
              ? Malformed.PSEUDO_FIELD
              : takePseudo(name, start + nameLength, valueLength, neverIndexed);
      block.extend(nameLength + valueLength);
      return;
    }
    regular = true;
    failure = wrong(nameWellFormed, valueWellFormed);
    if (failure == null) {
      block.extend(nameLength + valueLength);
      block.index(regularName, start, nameLength, start + nameLength, valueLength);
      if (neverIndexed) {
        block.neverIndexLast();
      }
      failure = special(regularName, block.count() - 1);
    }
  }

  private @Nullable Malformed wrong(boolean nameWellFormed, boolean valueWellFormed) {
    if (!nameWellFormed) {
      return Malformed.FIELD_NAME;
    }
    if (block.count() >= maxFields) {
      return Malformed.TOO_MANY_FIELDS;
    }
    return valueWellFormed ? null : Malformed.FIELD_VALUE;
  }

  private @Nullable Malformed special(HeaderName name, int field) {
    return switch (name) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE ->
          Malformed.CONNECTION_FIELD;
      case CONTENT_LENGTH -> {
        long before = contentLength;
        contentLength =
            Octets.decimal(block.bytes(), block.valueOffset(field), block.valueLength(field));
        block.remove(field);
        yield before >= 0 || contentLength < 0 ? Malformed.CONTENT_LENGTH : null;
      }
      default -> takeSpecial(name, field);
    };
  }

  /// Ends a trailer section: drops fields that would change how a message is framed, routed or read
  /// (RFC 9110 6.5.1).
  ///
  /// @return what is wrong with it, or null
  public final @Nullable Malformed trailers() {
    if (failure == null && pseudo) {
      failure = Malformed.PSEUDO_FIELD;
    }
    block.removeAll(HeaderName.EXPECT);
    block.removeAll(HeaderName.TE);
    block.removeAll(HeaderName.TRAILER);
    block.removeAll(HeaderName.CONTENT_TYPE);
    block.removeAll(HeaderName.HTTP2_SETTINGS);
    return failure;
  }

  /// Whether it says `octets` there.
  final boolean is(int offset, int length, byte[] octets) {
    return length == octets.length
        && Arrays.equals(block.bytes(), offset, offset + length, octets, 0, length);
  }
}
