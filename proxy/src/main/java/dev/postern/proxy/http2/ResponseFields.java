package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.Pseudo;
import dev.postern.proxy.http1.Malformed;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/// The fields of a response (RFC 9113 8.3.2) or of its trailers, laid into a [ResponseHead].
public final class ResponseFields extends ReceivedFields {
  private final ResponseHead head = new ResponseHead();
  private long status;

  /// @param maxFields of one head or trailer section
  public ResponseFields(int maxFields) {
    super(maxFields);
  }

  @Override
  public HeaderBlock begin() {
    head.clear();
    status = 0;
    return begin(head.headers());
  }

  /// The head that the fields make, or as its fields the trailers. Valid until [#begin].
  public ResponseHead head() {
    return head;
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
    if (status < 100) {
      return Malformed.STATUS;
    }
    int code = (int) status;
    head.status(code);
    head.bodyless(toHead || code < 200 || code == 204 || code == 304);
    // RFC 9110 8.6: a 1xx or 204 has no Content-Length; what it says there means nothing.
    head.contentLength(code < 200 || code == 204 ? ResponseHead.UNKNOWN_LENGTH : contentLength);
    return end && !head.bodyless() && contentLength > 0 ? Malformed.BODY_LENGTH : null;
  }

  @Override
  @Nullable Malformed takePseudo(
      Pseudo name, int valueOffset, int valueLength, boolean neverIndexed) {
    if (name != Pseudo.STATUS || status != 0) {
      return Malformed.PSEUDO_FIELD;
    }
    status =
        valueLength == 3 ? Octets.decimal(head.headers().bytes(), valueOffset, valueLength) : -1;
    return null;
  }

  @Override
  @Nullable Malformed takeSpecial(HeaderName name, int field) {
    return null;
  }
}
