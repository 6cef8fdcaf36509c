package dev.postern.proxy.http2;

import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.ResponseHead;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// Takes the fields of a response or of its trailers as HPACK decodes them, checks each (RFC 9113
/// 8.2, 8.3.2) and lays it into the arena of a [ResponseHead].
public final class ResponseFields extends ReceivedFields {
  private static final byte[] STATUS = Octets.ascii(":status");

  private final int maxFields;
  private final ResponseHead head = new ResponseHead();
  private @Nullable Malformed failure;
  private boolean pseudo;
  private boolean regular;
  private AsciiString status = NONE;
  private long contentLength;

  /// @param maxFields of one head or trailer section
  public ResponseFields(int maxFields) {
    this.maxFields = maxFields;
  }

  /// Starts with the next section.
  public void begin() {
    head.clear();
    failure = null;
    pseudo = false;
    regular = false;
    status = NONE;
    contentLength = ResponseHead.UNKNOWN_LENGTH;
  }

  /// The head that the fields make, or as its fields the trailers. Valid until [#begin].
  public ResponseHead head() {
    return head;
  }

  /// Called for each field.
  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    if (failure == null) {
      failure = take(AsciiString.of(name), AsciiString.of(value));
    }
    return this;
  }

  /// Ends a response's head.
  ///
  /// @param toHead whether it answers a HEAD request
  /// @param end whether no body follows
  /// @return what is wrong with it, or null
  public @Nullable Malformed response(boolean toHead, boolean end) {
    if (failure != null) {
      return failure;
    }
    long number = Octets.decimal(status.array(), status.arrayOffset(), status.length());
    if (status.length() != 3 || number < 100) {
      return Malformed.STATUS;
    }
    int code = (int) number;
    head.status(code);
    head.bodyless(toHead || code < 200 || code == 204 || code == 304);
    // RFC 9110 8.6: a 1xx or 204 has no Content-Length; what it says there means nothing.
    head.contentLength(code < 200 || code == 204 ? ResponseHead.UNKNOWN_LENGTH : contentLength);
    return end && !head.bodyless() && contentLength > 0 ? Malformed.BODY_LENGTH : null;
  }

  /// Ends a trailer section.
  ///
  /// @return what is wrong with it, or null
  public @Nullable Malformed trailers() {
    if (failure == null && pseudo) {
      failure = Malformed.PSEUDO_FIELD;
    }
    dropUnfitForTrailers(head.headers());
    return failure;
  }

  private @Nullable Malformed take(AsciiString name, AsciiString value) {
    if (name.isEmpty()) {
      return Malformed.FIELD_NAME;
    }
    if (name.byteAt(0) == ':') {
      pseudo = true;
      if (regular || !status.isEmpty() || !is(name, STATUS) || value.isEmpty()) {
        return Malformed.PSEUDO_FIELD;
      }
      status = value;
      return null;
    }
    regular = true;
    HeaderBlock block = head.headers();
    if (block.count() >= maxFields) {
      return Malformed.TOO_MANY_FIELDS;
    }
    Malformed wrong = lay(block, name, value);
    return wrong != null ? wrong : special(block, block.count() - 1);
  }

  private @Nullable Malformed special(HeaderBlock block, int field) {
    return switch (block.name(field)) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE ->
          Malformed.CONNECTION_FIELD;
      case CONTENT_LENGTH -> {
        long before = contentLength;
        contentLength =
            Octets.decimal(block.bytes(), block.valueOffset(field), block.valueLength(field));
        block.remove(field);
        yield before >= 0 || contentLength < 0 ? Malformed.CONTENT_LENGTH : null;
      }
      default -> null;
    };
  }

  @Override
  public CharSequence status() {
    return status;
  }
}
