package dev.postern.proxy.http1;

/// Why a message was refused, with the status that a client gets for it.
public enum Malformed {
  START_LINE(400, "the start line is malformed"),
  NOT_HTTP(400, "the start line is of another protocol"),
  TARGET(400, "the request target is malformed"),
  PATH(400, "the path climbs above the root"),
  TARGET_TOO_LONG(414, "the request target is too long"),
  VERSION(505, "only HTTP/1.0 and HTTP/1.1 are spoken here"),
  METHOD(501, "this method is not supported"),
  LINE_END(400, "a line does not end in CR LF"),
  FIELD_NAME(400, "a field name is malformed"),
  FIELD_VALUE(400, "a field value has a forbidden character"),
  FOLDED_FIELD(400, "a field is folded over several lines"),
  HEAD_TOO_LARGE(431, "the header fields are too large"),
  TOO_MANY_FIELDS(431, "there are too many header fields"),
  HOST(400, "there must be exactly one valid Host"),
  CONTENT_LENGTH(400, "Content-Length is malformed or there more than once"),
  LENGTH_AND_ENCODING(400, "Content-Length and Transfer-Encoding are both there"),
  TRANSFER_ENCODING(501, "only the transfer coding chunked is supported"),
  TRANSFER_ENCODING_IN_1_0(400, "Transfer-Encoding in HTTP/1.0"),
  CHUNK(400, "a chunk is malformed"),
  PSEUDO_FIELD(400, "a pseudo-header field is missing, doubled, unknown or out of place"),
  CONNECTION_FIELD(400, "a field that is about the connection has no place in HTTP/2"),
  CONNECT_PROTOCOL(501, "of extended CONNECT only websocket is supported"),
  CONNECT_BODY(400, "a CONNECT has neither a length nor an end"),
  FIELDS_IN_TUNNEL(400, "fields have no place in a tunnel"),
  BODY_LENGTH(400, "the body is not as long as Content-Length says"),
  STATUS(502, "the status line is malformed");

  private final int status;
  private final String reason;

  Malformed(int status, String reason) {
    this.status = status;
    this.reason = reason;
  }

  /// For a client that sent it.
  public int status() {
    return status;
  }

  /// For a log or a local reply.
  public String reason() {
    return reason;
  }
}
