package dev.postern.proxy.message;

/// The head of a response. Fields that say where the body ends are not among the [#headers]: they
/// are [#contentLength] and [#bodyless] here, and each side frames in its own way. Reused; not
/// thread-safe.
public final class ResponseHead {
  /// The body's length is not known before its end.
  public static final long UNKNOWN_LENGTH = -1;

  private final HeaderBlock headers = new HeaderBlock();
  private int status;
  private long contentLength;
  private boolean bodyless;

  /// Forgets everything.
  public void clear() {
    headers.clear();
    status = 0;
    contentLength = UNKNOWN_LENGTH;
    bodyless = false;
  }

  public HeaderBlock headers() {
    return headers;
  }

  /// 100 to 999.
  public int status() {
    return status;
  }

  public void status(int status) {
    this.status = status;
  }

  /// What Content-Length says, also where no body follows (HEAD, 304); or [#UNKNOWN_LENGTH].
  public long contentLength() {
    return contentLength;
  }

  public void contentLength(long octets) {
    contentLength = octets;
  }

  /// Whether no body follows, whatever the length says (RFC 9112 6.3: HEAD, 1xx, 204, 304).
  public boolean bodyless() {
    return bodyless;
  }

  /// Whether its length is not to be said where it has no body (RFC 9110 8.6).
  public boolean lengthless() {
    return bodyless || status == 204 || status == 304;
  }

  public void bodyless(boolean bodyless) {
    this.bodyless = bodyless;
  }
}
