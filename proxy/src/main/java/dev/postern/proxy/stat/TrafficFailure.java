package dev.postern.proxy.stat;

/// Why a request did not get a backend's answer: what the client sees, Envoy's response flag and
/// what it counts as. The wording is Envoy's; a reason in TLS never gets into a body.
public enum TrafficFailure {
  NO_ROUTE(404, "NR", ""),
  CLUSTER_NOT_FOUND(503, "NC", ""),
  NO_HEALTHY_UPSTREAM(503, "UH", "no healthy upstream"),
  OVERFLOW(503, "UO", reset("overflow")),
  CONNECT_FAILURE(503, "UF", reset("remote connection failure")),
  CONNECT_TIMEOUT(503, "UF", reset("connection timeout")),
  CONNECTION_TERMINATION(503, "UC", reset("connection termination")),
  REMOTE_RESET(503, "UR", reset("remote reset")),
  REMOTE_REFUSED(503, "UR", reset("remote refused stream reset")),
  PROTOCOL_ERROR(502, "UPE", reset("protocol error")),
  UPSTREAM_TIMEOUT(504, "UT", "upstream request timeout"),
  /// A response that was passed on although another attempt was wanted: its own status stays.
  RETRY_LIMIT_EXCEEDED(0, "URX", ""),
  DEADLINE_EXCEEDED(504, "UT", "deadline exceeded"),
  NOT_AUTHORIZED(403, "UAEX", ""),
  CLIENT_TIMEOUT(408, "SI", "stream timeout"),
  CLIENT_GONE(0, "DC", ""),
  MALFORMED_REQUEST(400, "DPE", "Bad Request"),
  BODY_TOO_LARGE(413, "DPE", "Payload Too Large"),
  BODY_NOT_KEPT(503, "LR", reset("local reset"));

  private final int status;
  private final String flag;
  private final String body;

  TrafficFailure(int status, String flag, String body) {
    this.status = status;
    this.flag = flag;
    this.body = body;
  }

  /// For the client; 0 when nobody is there to answer.
  public int status() {
    return status;
  }

  /// Envoy's response flag.
  public String flag() {
    return flag;
  }

  /// Whether it is not for the backend to answer for.
  public boolean clientsFault() {
    return status < 500 || this == DEADLINE_EXCEEDED;
  }

  /// text/plain; may be empty.
  public String body() {
    return body;
  }

  private static String reset(String reason) {
    return "upstream connect error or disconnect/reset before headers. reset reason: " + reason;
  }
}
