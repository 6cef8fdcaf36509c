package dev.postern.gatewayapi.migrate;

/// What is different for every Ingress, whatever its annotations say. Each is seen by a test that
/// sends both gateways the same requests.
public enum CommonDifference {
  FORWARDED_HEADERS(
      "backends get no X-Real-IP, X-Scheme and X-Forwarded-Scheme any more, also none of a client's:"
          + " have them read X-Forwarded-For and X-Forwarded-Proto"),
  CLIENT_CHAIN(
      "what a client itself says in X-Forwarded-For goes to backends before its address; nginx put"
          + " it into X-Original-Forwarded-For"),
  BACKEND_FAILURE("a backend that cannot be reached, or is not trusted, is 503; it was 502"),
  DOT_SEGMENTS(
      "paths are without dot segments when they go to backends or into a Location; nginx passed them"
          + " as they came"),
  BACKEND_HTTP2(
      "a backend over TLS (backend-protocol HTTPS) is spoken to in HTTP/2 where it offers that by"
          + " ALPN; nginx spoke HTTP/1.1. To keep that, give the Service's port the appProtocol http"),
  UNDERSCORES(
      "header names with an underscore reach backends; nginx dropped them. Where a backend takes _"
          + " for -, have it not believe such fields"),
  BODY_SIZE(
      "bodies of any size reach backends where no proxy-body-size was said; nginx answered 413 to"
          + " more than 1m"),
  RETRIES(
      "a request that a backend may have acted on is not repeated where no proxy-next-upstream was"
          + " said; nginx repeated it after a time-out or an error where its method allowed that"),
  FASTCGI_HEADERS(
      "FastCGI backends get the gateway's X-Forwarded-* and X-Request-Id, and no HTTP_PROXY from"
          + " clients (httpoxy)");

  private final String text;

  CommonDifference(String text) {
    this.text = text;
  }

  /// For a person.
  public String text() {
    return text;
  }
}
