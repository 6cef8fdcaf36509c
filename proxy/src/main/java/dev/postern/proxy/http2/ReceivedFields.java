package dev.postern.proxy.http2;

import dev.postern.proxy.http1.Characters;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import io.netty.handler.codec.EmptyHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes the fields of a message as HPACK decodes them. To Netty it looks like a header map that is
/// always empty: nothing is kept twice.
///
/// What is wrong is only noted: HPACK has to go on to the end of the block, or its state would
/// differ from the peer's.
abstract class ReceivedFields extends EmptyHeaders<CharSequence, CharSequence, Http2Headers>
    implements Http2Headers {
  static final AsciiString NONE = AsciiString.EMPTY_STRING;

  /// Checks a field that is no pseudo-header field (RFC 9113 8.2.1) and adds it.
  static @Nullable Malformed lay(HeaderBlock block, AsciiString name, AsciiString value) {
    int nameLength = name.length();
    int valueLength = value.length();
    byte[] to = block.room(nameLength + valueLength);
    int start = block.length();
    System.arraycopy(name.array(), name.arrayOffset(), to, start, nameLength);
    int at = start + nameLength;
    for (int i = start; i < at; i++) {
      if (!Characters.lowerToken(to[i])) {
        return Malformed.FIELD_NAME;
      }
    }
    System.arraycopy(value.array(), value.arrayOffset(), to, at, valueLength);
    int end = at + valueLength;
    for (int i = at; i < end; i++) {
      if (!Characters.value(to[i])) {
        return Malformed.FIELD_VALUE;
      }
    }
    if (valueLength > 0 && (blank(to[at]) || blank(to[end - 1]))) {
      return Malformed.FIELD_VALUE;
    }
    block.extend(nameLength + valueLength);
    block.index(start, nameLength, at, valueLength);
    return null;
  }

  /// Drops fields that would change how a message is framed, routed or read (RFC 9110 6.5.1).
  static void dropUnfitForTrailers(HeaderBlock trailers) {
    trailers.removeAll(HeaderName.EXPECT);
    trailers.removeAll(HeaderName.TE);
    trailers.removeAll(HeaderName.TRAILER);
    trailers.removeAll(HeaderName.CONTENT_TYPE);
    trailers.removeAll(HeaderName.HTTP2_SETTINGS);
  }

  static boolean is(AsciiString text, byte[] octets) {
    return text.length() == octets.length
        && Arrays.equals(
            text.array(),
            text.arrayOffset(),
            text.arrayOffset() + octets.length,
            octets,
            0,
            octets.length);
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\t';
  }

  @Override
  public Http2Headers method(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers scheme(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers authority(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers path(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Http2Headers status(CharSequence value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CharSequence method() {
    return NONE;
  }

  @Override
  public CharSequence scheme() {
    return NONE;
  }

  @Override
  public CharSequence authority() {
    return NONE;
  }

  @Override
  public CharSequence path() {
    return NONE;
  }

  @Override
  public CharSequence status() {
    return NONE;
  }

  @Override
  public boolean contains(CharSequence name, CharSequence value, boolean caseInsensitive) {
    return false;
  }
}
