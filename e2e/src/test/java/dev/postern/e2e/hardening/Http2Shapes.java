package dev.postern.e2e.hardening;

import static dev.postern.e2e.hardening.Http2Shape.bare;
import static dev.postern.e2e.hardening.Http2Shape.get;
import static dev.postern.e2e.hardening.Http2Shape.post;
import static dev.postern.e2e.hardening.Http2Shape.trailers;
import static dev.postern.e2e.hardening.Must.answer;
import static dev.postern.e2e.hardening.Must.cutOff;
import static dev.postern.e2e.hardening.Must.forward;

import java.util.List;
import java.util.stream.Stream;

/// The corpus of HTTP/2 (RFC 9113) that becomes HTTP/1.1.
final class Http2Shapes {
  private static final Must REFUSED = Must.refuse(400);
  private static final String GET = "GET {path}";
  private static final String POST = "POST {path}";
  private static final String SMUGGLED =
      "\r\n\r\nGET {path}-smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n";

  private Http2Shapes() {}

  static Stream<Http2Shape> all() {
    return Stream.of(bodies(), fields(), pseudo(), paths(), sections()).flatMap(List::stream);
  }

  private static List<Http2Shape> bodies() {
    return List.of(
        get("a GET", forward(GET, 0)),
        post("a body", forward(POST, 3)),
        post("a body with its length", forward(POST, 3), "content-length", "3"),
        post("a body longer than its length", cutOff(), "content-length", "2"),
        post("a body shorter than its length", cutOff(), "content-length", "5"),
        post("a body with a length of 0", cutOff(), "content-length", "0"),
        get("a length without a body", REFUSED, "content-length", "3"),
        post("a length twice", REFUSED, "content-length", "3", "content-length", "3"),
        post("two lengths", REFUSED, "content-length", "3", "content-length", "0"),
        post("a list of lengths", REFUSED, "content-length", "3, 3"),
        post("a length with plus", REFUSED, "content-length", "+3"),
        post("a length with a blank", REFUSED, "content-length", " 3"),
        post("an empty length", REFUSED, "content-length", ""),
        post("a length of 2^64 + 3", REFUSED, "content-length", "18446744073709551619"));
  }

  private static Http2Shape field(String name, String field, String value) {
    return post(name, REFUSED, field, value);
  }

  private static List<Http2Shape> fields() {
    return List.of(
        field("chunked", "transfer-encoding", "chunked"),
        field("a coding that is none", "transfer-encoding", "x"),
        field("Connection", "connection", "close"),
        field("Connection that names a length", "connection", "content-length"),
        field("Keep-Alive", "keep-alive", "timeout=5"),
        field("Proxy-Connection", "proxy-connection", "keep-alive"),
        field("Upgrade", "upgrade", "h2c"),
        field("TE of another coding", "te", "gzip"),
        get("TE of trailers", forward(GET, 0), "te", "trailers"),
        field("CR LF in a value", "x", "y\r\ntransfer-encoding: chunked"),
        field("CR LF and a request in a value", "x", "y" + SMUGGLED),
        field("LF in a value", "x", "y\ntransfer-encoding: chunked"),
        field("CR in a value", "x", "y\rtransfer-encoding: chunked"),
        field("NUL in a value", "x", "y\0z"),
        field("a blank before a value", "x", " y"),
        field("a tab behind a value", "x", "y\t"),
        field("CR LF in a name", "x: y\r\ntransfer-encoding", "chunked"),
        field("LF in a name", "x\ntransfer-encoding", "chunked"),
        field("a colon in a name", "transfer-encoding: chunked", "y"),
        field("a blank in a name", "transfer-encoding ", "chunked"),
        field("a tab in a name", "transfer-encoding\t", "chunked"),
        field("NUL in a name", "transfer-encoding\0", "chunked"),
        field("capitals in a name", "Transfer-Encoding", "chunked"),
        field("an octet over 127 in a name", "x\u00e4", "y"),
        field("no name", "", "y"),
        field("a Host that differs", "host", "other.test"),
        post("a Host that is the same", forward(POST, 3), "host", "{host}"),
        post("two Hosts", REFUSED, "host", "{host}", "host", "{host}"),
        field("CR LF in Host", "host", "{host}\r\nx: y"),
        get("two cookies", forward(GET, 0), "cookie", "a=b", "cookie", "c=d"),
        field("CR LF in a cookie", "cookie", "a=b\r\nx: y"));
  }

  private static Http2Shape request(
      String name, Must must, String method, String scheme, String path, String authority) {
    return bare(
        name, must, ":method", method, ":scheme", scheme, ":path", path, ":authority", authority);
  }

  private static Http2Shape method(String name, String method) {
    return request(name, REFUSED, method, "http", "{path}", "{host}");
  }

  private static Http2Shape authority(String name, String authority) {
    return request(name, REFUSED, "GET", "http", "{path}", authority);
  }

  private static List<Http2Shape> pseudo() {
    return List.of(
        method("a request line for a method", "GET {path}-smuggled HTTP/1.1\r\nX: y\r\n\r\nGET"),
        method("a blank in a method", "GET {path}"),
        method("a blank behind a method", "GET "),
        method("CR LF in a method", "GET\r\n"),
        method("a colon in a method", "GET:"),
        method("NUL in a method", "GET\0"),
        method("no method", ""),
        method("CONNECT with a path", "CONNECT"),
        method("the preface's method", "PRI"),
        request(
            "a method in small letters",
            forward("get {path}", 0),
            "get",
            "http",
            "{path}",
            "{host}"),
        request("https in plaintext", forward(GET, 0), "GET", "https", "{path}", "{host}"),
        request("another scheme", REFUSED, "GET", "ftp", "{path}", "{host}"),
        request("a URL for a scheme", REFUSED, "GET", "http://other.test/?", "{path}", "{host}"),
        request("CR LF in a scheme", REFUSED, "GET", "http\r\nx: y", "{path}", "{host}"),
        authority("a user in the authority", "{host}@other.test"),
        authority("a path in the authority", "{host}/x"),
        authority("a blank in the authority", "{host} other.test"),
        authority("CR LF in the authority", "{host}\r\nTransfer-Encoding: chunked"),
        authority("# in the authority", "{host}#"),
        authority("an empty authority", ""),
        request("another authority", answer(404), "GET", "http", "{path}", "other.test"),
        bare(
            "no authority, no Host",
            REFUSED,
            ":method",
            "GET",
            ":scheme",
            "http",
            ":path",
            "{path}"),
        bare(
            "Host alone",
            forward(GET, 0),
            ":method",
            "GET",
            ":scheme",
            "http",
            ":path",
            "{path}",
            "host",
            "{host}"));
  }

  private static Http2Shape path(String name, String path) {
    return request(name, REFUSED, "GET", "http", path, "{host}");
  }

  private static Http2Shape path(String name, String path, String passedOn) {
    return request(name, forward("GET " + passedOn, 0), "GET", "http", path, "{host}");
  }

  private static List<Http2Shape> paths() {
    return List.of(
        path("a blank in a path", "{path} x"),
        path("a version in a path", "{path} HTTP/1.1"),
        path("a request in a path", "{path} HTTP/1.1" + SMUGGLED),
        path("a tab in a path", "{path}\tx"),
        path("NUL in a path", "{path}\0"),
        path("an octet over 127 in a path", "{path}\u00e4"),
        path("# in a path", "{path}#x"),
        path("an empty path", ""),
        path("no slash in front of a path", "x{path}"),
        path("a URL for a path", "http://{host}{path}"),
        path("an asterisk for a path", "*"),
        path("dots above the root", "/..{path}"),
        path("dots in a path", "/x/%2e%2e{path}", "{path}"),
        path("two slashes in a path", "{path}//x", "{path}//x"),
        path("an escaped slash in a path", "{path}%2f..%2fx", "{path}%2f..%2fx"),
        path("a backslash in a path", "{path}\\..\\x", "{path}\\..\\x"));
  }

  private static List<Http2Shape> sections() {
    return List.of(
        bare(
            "a pseudo-field behind a field",
            REFUSED,
            ":method",
            "GET",
            "x",
            "y",
            ":scheme",
            "http",
            ":path",
            "{path}",
            ":authority",
            "{host}"),
        get("two paths", REFUSED, ":path", "{path}-smuggled"),
        get("two authorities", REFUSED, ":authority", "other.test"),
        get("two methods", REFUSED, ":method", "POST"),
        get("a pseudo-field of answers", REFUSED, ":status", "200"),
        get("an unknown pseudo-field", REFUSED, ":x", "y"),
        get("a protocol without CONNECT", REFUSED, ":protocol", "websocket"),
        trailers("a trailer", forward(POST, 3), "x-sum", "1"),
        trailers("a Host in the trailers", forward(POST, 3), "host", "other.test"),
        trailers("a length in the trailers", forward(POST, 3), "content-length", "50"),
        trailers("a coding in the trailers", cutOff(), "transfer-encoding", "chunked"),
        trailers("a path in the trailers", cutOff(), ":path", "{path}-smuggled"),
        trailers("CR LF in a trailer", cutOff(), "x", "y\r\n" + SMUGGLED),
        trailers("CR LF in a trailer's name", cutOff(), "x: y\r\n\r\nz", "y"),
        trailers("capitals in a trailer's name", cutOff(), "X", "y"));
  }
}
