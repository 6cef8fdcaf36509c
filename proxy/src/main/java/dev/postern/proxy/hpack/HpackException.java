package dev.postern.proxy.hpack;

/// A header block that cannot be decoded: the connection is lost (RFC 7541 2.2, RFC 9113 4.3). Has
/// no stack, as whoever sends rubbish would make us collect it.
public final class HpackException extends Exception {
  private static final long serialVersionUID = 1L;

  HpackException(String message) {
    super(message, null, false, false);
  }
}
