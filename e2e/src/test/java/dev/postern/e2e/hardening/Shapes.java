package dev.postern.e2e.hardening;

import static dev.postern.e2e.hardening.Must.answer;
import static dev.postern.e2e.hardening.Must.cutOff;
import static dev.postern.e2e.hardening.Must.forward;
import static dev.postern.e2e.hardening.Must.refuse;
import static dev.postern.e2e.hardening.Shape.SMUGGLED;
import static dev.postern.e2e.hardening.Shape.chunks;
import static dev.postern.e2e.hardening.Shape.get;
import static dev.postern.e2e.hardening.Shape.line;
import static dev.postern.e2e.hardening.Shape.post;

import java.util.List;
import java.util.stream.Stream;

/// The corpus of HTTP/1 (RFC 9112, RFC 9110).
final class Shapes {
  private static final String POST = "POST {path}";
  private static final String GET = "GET {path}";
  private static final String END = "0\r\n\r\n";
  private static final String ABC = "3\r\nabc\r\n" + END;
  private static final String TE = "Transfer-Encoding: ";
  private static final String CL = "Content-Length: ";
  private static final String CHUNKED = TE + "chunked\r\n";

  private Shapes() {}

  static Stream<Shape> all() {
    return Stream.of(
            lengths(), codings(), fields(), chunked(), trailers(), hosts(), targets(), lines())
        .flatMap(List::stream);
  }

  private static Shape length(String name, String value) {
    return post(name, CL + value + "\r\n", "abc" + SMUGGLED, refuse(400));
  }

  private static List<Shape> lengths() {
    return List.of(
        post("a length", CL + "3\r\n", "abc", forward(POST, 3)),
        post("a length with zeros in front", CL + "0003\r\n", "abc", forward(POST, 3)),
        post("a length with blanks around", CL + " \t3 \t\r\n", "abc", forward(POST, 3)),
        post("a length named in capitals", "CONTENT-LENGTH: 3\r\n", "abc", forward(POST, 3)),
        post("a length and chunked", CL + "5\r\n" + CHUNKED, END + SMUGGLED, refuse(400)),
        post("chunked and a length", CHUNKED + CL + "5\r\n", END + SMUGGLED, refuse(400)),
        post("a length of 0 and chunked", CL + "0\r\n" + CHUNKED, END + SMUGGLED, refuse(400)),
        post("a length and a wrong coding", CL + "3\r\n" + TE + "x\r\n", "abc", refuse(400)),
        post("a length and an empty coding", CL + "3\r\n" + TE + "\r\n", "abc", refuse(400)),
        post("two lengths", CL + "3\r\n" + CL + "0\r\n", "abc" + SMUGGLED, refuse(400)),
        post("a length twice", CL + "3\r\n" + CL + "3\r\n", "abc" + SMUGGLED, refuse(400)),
        length("a list of lengths", "3, 3"),
        length("a list of different lengths", "3, 0"),
        length("a length with plus", "+3"),
        length("a negative length", "-3"),
        length("a hexadecimal length", "0x3"),
        length("a length with a blank inside", "3 0"),
        length("a length with a dot", "3.0"),
        length("a length with an exponent", "3e0"),
        length("a length with an underscore", "0_3"),
        length("an empty length", ""),
        length("a length of 2^64 + 3", "18446744073709551619"),
        length("a length of 2^63 + 3", "9223372036854775811"),
        length("a length in other digits", "\u00b3"),
        get("a length with a GET", CL + "0\r\n", forward(GET, 0)),
        new Shape(
            "a GET with a body",
            "GET {path} HTTP/1.1\r\nHost: {host}\r\n" + CL + "3\r\n\r\nabc",
            forward(GET, 3)),
        post(
            "a length that Connection names",
            "Connection: content-length\r\n" + CL + "3\r\n",
            "abc",
            forward(POST, 3)),
        post(
            "a coding that Connection names",
            "Connection: transfer-encoding\r\n" + CHUNKED,
            ABC,
            forward(POST, 3)),
        get("a length with an underscore in its name", "Content_Length: 3\r\n", forward(GET, 0)));
  }

  private static Shape coding(String name, String value, int status) {
    return post(name, TE + value + "\r\n", END + SMUGGLED, refuse(status));
  }

  private static List<Shape> codings() {
    return List.of(
        chunks("chunks", ABC, forward(POST, 3)),
        post("chunked in capitals", TE + "CHUNKED\r\n", ABC, forward(POST, 3)),
        post("chunked with blanks around", TE + "\tchunked \r\n", ABC, forward(POST, 3)),
        post("chunked without a blank", "Transfer-Encoding:chunked\r\n", ABC, forward(POST, 3)),
        coding("chunked twice", "chunked, chunked", 501),
        post("chunked in two fields", CHUNKED + CHUNKED, END + SMUGGLED, refuse(501)),
        post("chunked and identity in two fields", CHUNKED + TE + "identity\r\n", END, refuse(501)),
        coding("chunked, then identity", "chunked, identity", 501),
        coding("identity, then chunked", "identity, chunked", 501),
        coding("gzip, then chunked", "gzip, chunked", 501),
        coding("identity", "identity", 501),
        coding("no coding", "", 501),
        coding("a comma behind chunked", "chunked,", 501),
        coding("a comma before chunked", ",chunked", 501),
        coding("chunked with a parameter", "chunked;q=1", 501),
        coding("chunked in quotes", "\"chunked\"", 501),
        coding("xchunked", "xchunked", 501),
        coding("chunked with a hard space", "chunked\u00a0", 501),
        coding("chunked with a vertical tab", "\u000bchunked", 400),
        coding("chunked with a form feed", "chunked\f", 400),
        coding("chunked with a NUL", "chunked\0", 400),
        coding("chunked with DEL", "chunked\u007f", 400),
        get(
            "a coding with an underscore in its name",
            "Transfer_Encoding: chunked\r\n",
            forward(GET, 0)),
        new Shape(
            "chunked in HTTP/1.0",
            "POST {path} HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n"
                + CHUNKED
                + "\r\n"
                + END
                + SMUGGLED,
            refuse(400)),
        new Shape(
            "a length in HTTP/1.0 that goes on",
            "POST {path} HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n"
                + CL
                + "3\r\n\r\nabc",
            forward(POST, 3)));
  }

  private static Shape field(String name, String fields) {
    return post(name, fields, END + SMUGGLED, refuse(400));
  }

  private static List<Shape> fields() {
    return List.of(
        field("a blank before the colon", "Transfer-Encoding : chunked\r\n"),
        field("a tab before the colon", "Content-Length\t: 5\r\n"),
        field("a NUL before a name", "\0Transfer-Encoding: chunked\r\n"),
        field("a NUL behind a name", "Transfer-Encoding\0: chunked\r\n"),
        field("a control octet in a name", "Transfer-\u0001Encoding: chunked\r\n"),
        field("an octet over 127 in a name", "Transfer-Encoding\u00ff: chunked\r\n"),
        field("a name in quotes", "\"Transfer-Encoding\": chunked\r\n"),
        field("no name", ": chunked\r\n"),
        field("no colon", "Transfer-Encoding\r\n"),
        field("a field that begins with a blank", " Transfer-Encoding: chunked\r\n"),
        field("a field that begins with CR", "\rTransfer-Encoding: chunked\r\n"),
        field("a folded field", "X: y\r\n Transfer-Encoding: chunked\r\n"),
        field("a value that is folded", TE + "\r\n chunked\r\n"),
        field("a value folded inside", TE + "chun\r\n\tked\r\n"),
        field("a CR in a value", "X: y\rTransfer-Encoding: chunked\r\n"),
        field("an LF in a value", "X: y\nTransfer-Encoding: chunked\r\n"),
        field("two CR before LF", "X: y\r\r\nTransfer-Encoding: chunked\r\n"),
        field("CR and NUL in a value", "X: y\r\0Transfer-Encoding: chunked\r\n"),
        field("an LF and an empty line", "X: y\n\nGET {path}-smuggled HTTP/1.1\r\n"),
        field("a CR and an empty line", "X: y\r\rGET {path}-smuggled HTTP/1.1\r\n"),
        get(
            "an upgrade to h2c",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            forward(GET, 0)),
        post(
            "an upgrade to h2c with a body",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
                + CL
                + "3\r\n",
            "abc",
            forward(POST, 3)),
        get("an upgrade to TLS", "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n", forward(GET, 0)),
        get(
            "a WebSocket that nobody takes",
            WEBSOCKET + "Sec-WebSocket-Version: 13\r\n",
            forward(GET, 0)),
        get(
            "a WebSocket of no version",
            WEBSOCKET + "Sec-WebSocket-Version: 99\r\n",
            forward(GET, 0)),
        post("a WebSocket with a length", WEBSOCKET + CL + "3\r\n", "abc", forward(POST, 3)),
        post("a WebSocket in chunks", WEBSOCKET + CHUNKED, ABC, forward(POST, 3)),
        get("Connection names Host", "Connection: host, x-forwarded-for\r\n", forward(GET, 0)),
        get("Connection of odd spelling", "Connection: ,, ;close=,\r\n", forward(GET, 0)));
  }

  private static final String WEBSOCKET =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  private static Shape chunk(String name, String chunks) {
    return chunks(name, chunks + SMUGGLED, cutOff());
  }

  private static List<Shape> chunked() {
    return List.of(
        chunks("an extension", "3;a=b\r\nabc\r\n" + END, forward(POST, 3)),
        chunks("an extension in quotes", "3;a=\"b;c\"\r\nabc\r\n" + END, forward(POST, 3)),
        chunks("a blank before an extension", "3 ; a\r\nabc\r\n" + END, forward(POST, 3)),
        chunks("an extension of the last chunk", "3\r\nabc\r\n0;x=y\r\n\r\n", forward(POST, 3)),
        chunks("a blank behind a size", "3 \r\nabc\r\n" + END, forward(POST, 3)),
        chunks("zeros before a size", "0003\r\nabc\r\n" + END, forward(POST, 3)),
        chunks("many zeros for the end", "3\r\nabc\r\n000\r\n\r\n", forward(POST, 3)),
        chunks("a size in capitals", "A\r\n0123456789\r\n" + END, forward(POST, 10)),
        chunk("a blank before a size", " 3\r\nabc\r\n" + END),
        chunk("a word behind a size", "3 x\r\nabc\r\n" + END),
        chunk("two sizes", "3 0\r\nabc\r\n" + END),
        chunk("0x before a size", "0x3\r\nabc\r\n" + END),
        chunk("plus before a size", "+3\r\nabc\r\n" + END),
        chunk("minus before a size", "-3\r\nabc\r\n" + END),
        chunk("an underscore in a size", "0_3\r\nabc\r\n" + END),
        chunk("a dot in a size", "3.0\r\nabc\r\n" + END),
        chunk("a comma behind a size", "3,\r\nabc\r\n" + END),
        chunk("no size", "\r\nabc\r\n" + END),
        chunk("an extension without a size", ";a\r\nabc\r\n" + END),
        chunk("a size of 2^64 + 3", "10000000000000003\r\nabc\r\n" + END),
        chunk("a size of 2^64 - 1", "ffffffffffffffff\r\nabc\r\n" + END),
        chunk("a size that ends with LF", "3\nabc\r\n" + END),
        chunk("a size that ends with CR", "3\rabc\r\n" + END),
        chunk("a size with two CR", "3\r\r\nabc\r\n" + END),
        chunk("an extension with LF", "3;a\nabc\r\n" + END),
        chunk("an extension with CR", "3;a\rb\r\nabc\r\n" + END),
        chunk("an extension with NUL", "3;a\0\r\nabc\r\n" + END),
        chunk("data longer than its size", "3\r\nabcdef\r\n" + END),
        chunk("data shorter than its size", "5\r\nabc\r\n" + END),
        chunk("data that ends with LF", "3\r\nabc\n" + END),
        chunk("data that ends with CR", "3\r\nabc\r" + END),
        chunk("data that ends with other octets", "3\r\nabcxx" + END),
        chunk("a last chunk that ends with LF", "3\r\nabc\r\n0\n\r\n"));
  }

  private static Shape trailer(String name, String trailers) {
    return chunks(name, "3\r\nabc\r\n0\r\n" + trailers + "\r\n", forward(POST, 3));
  }

  private static Shape badTrailer(String name, String trailers) {
    return chunk(name, "3\r\nabc\r\n0\r\n" + trailers + "\r\n");
  }

  private static List<Shape> trailers() {
    return List.of(
        trailer("a trailer", "X-Sum: 1\r\n"),
        trailer("a length in the trailers", CL + "50\r\n"),
        trailer("a coding in the trailers", CHUNKED),
        trailer("a Host in the trailers", "Host: other.test\r\n"),
        trailer("Connection in the trailers", "Connection: upgrade\r\nUpgrade: h2c\r\n"),
        badTrailer("a wrong length in the trailers", CL + "x\r\n"),
        badTrailer("a trailer without a colon", "nonsense\r\n"),
        badTrailer("a trailer with a blank before the colon", "X : y\r\n"),
        badTrailer("a folded trailer", "X: y\r\n z\r\n"),
        badTrailer("a trailer with LF", "X: y\n"),
        badTrailer("a trailer with CR", "X: y\rZ: z\r\n"),
        badTrailer("a trailer with NUL", "X: \0\r\n"));
  }

  private static Shape hosts(String name, String fields, Must must) {
    return new Shape(name, "GET {path} HTTP/1.1\r\n" + fields + "\r\n", must);
  }

  private static List<Shape> hosts() {
    return List.of(
        hosts("no Host", "", refuse(400)),
        hosts("two Hosts", "Host: {host}\r\nHost: other.test\r\n", refuse(400)),
        hosts("a Host twice", "Host: {host}\r\nhost: {host}\r\n", refuse(400)),
        hosts("a list of Hosts", "Host: {host}, other.test\r\n", refuse(400)),
        hosts("an empty Host", "Host:\r\n", answer(404)),
        hosts("a Host with a user", "Host: {host}@other.test\r\n", refuse(400)),
        hosts("a Host with a path", "Host: {host}/x\r\n", refuse(400)),
        hosts("a Host with a blank", "Host: {host} other.test\r\n", refuse(400)),
        hosts("a Host with a backslash", "Host: {host}\\x\r\n", refuse(400)),
        hosts("a Host with #", "Host: {host}#x\r\n", refuse(400)),
        hosts("a Host with a tab", "Host: {host}\tx\r\n", refuse(400)),
        hosts("a Host with NUL", "Host: {host}\0\r\n", refuse(400)),
        hosts("a Host that is folded", "Host:\r\n {host}\r\n", refuse(400)),
        hosts("a Host with a blank before the colon", "Host : {host}\r\n", refuse(400)),
        hosts("a Host in capitals", "HOST: {host}\r\n", forward(GET, 0)),
        new Shape(
            "an absolute target and another Host",
            "GET http://{host}{path} HTTP/1.1\r\nHost: other.test\r\n\r\n",
            forward(GET, 0)),
        new Shape(
            "an absolute target of another host",
            "GET http://other.test{path} HTTP/1.1\r\nHost: {host}\r\n\r\n",
            answer(404)),
        line(
            "an absolute target with a user",
            "GET http://{host}@other.test{path} HTTP/1.1",
            refuse(400)),
        line("an absolute target without a host", "GET http://{path} HTTP/1.1", refuse(400)),
        line(
            "an absolute target with #",
            "GET http://{host}#@other.test{path} HTTP/1.1",
            refuse(400)),
        line(
            "an absolute target with a backslash",
            "GET http://{host}\\{path} HTTP/1.1",
            refuse(400)),
        line(
            "an absolute target of another scheme", "GET ftp://{host}{path} HTTP/1.1", refuse(400)),
        line("an absolute target in capitals", "GET HTTP://{host}{path} HTTP/1.1", forward(GET, 0)),
        line("an authority for a target", "GET {host}:80 HTTP/1.1", refuse(400)),
        hosts("no Host in HTTP/1.1 with an absolute target", "X: y\r\n", refuse(400)));
  }

  private static Shape same(String name, String target) {
    return target(name, target, target);
  }

  private static Shape target(String name, String sent, String passedOn) {
    return line(name, "GET " + sent + " HTTP/1.1", forward("GET " + passedOn, 0));
  }

  private static Shape badTarget(String name, String target) {
    return line(name, "GET " + target + " HTTP/1.1", refuse(400));
  }

  private static List<Shape> targets() {
    return List.of(
        same("an escaped slash", "{path}%2fx"),
        same("a slash escaped twice", "{path}%252fx"),
        same("dots escaped twice", "{path}/%252e%252e/x"),
        same("two slashes", "{path}//x"),
        same("two slashes in front", "//{host}{path}"),
        same("a backslash", "{path}\\x"),
        same("dots between backslashes", "{path}\\..\\x"),
        same("an escaped backslash", "{path}%5c..%5cx"),
        same("dots and a parameter", "{path}/..;/x"),
        same("dots behind an escaped slash", "{path}/..%2fx"),
        same("dots in the query", "{path}?x=/../y"),
        same("an escaped NUL", "{path}%00x"),
        same("an escaped line end", "{path}%0d%0aX:%20y"),
        same("an escape that is none", "{path}%zz"),
        same("an escape that is cut off", "{path}%2"),
        same("an escaped #", "{path}%23x"),
        same("a target in the query", "{path}?http://other.test/"),
        target("dots", "/x/..{path}", "{path}"),
        target("one dot", "/.{path}/./x", "{path}/x"),
        target("escaped dots", "/x/%2e%2E{path}", "{path}"),
        target("half escaped dots", "/x/.%2e{path}", "{path}"),
        target("dots behind two slashes", "{path}/x//../y", "{path}/x/y"),
        badTarget("dots above the root", "/..{path}"),
        badTarget("escaped dots above the root", "/%2e%2e{path}"),
        badTarget("#", "{path}#x"),
        badTarget("# in the query", "{path}?x#y"),
        badTarget("a blank", "{path} x"),
        badTarget("a tab", "{path}\tx"),
        badTarget("a NUL", "{path}\0"),
        badTarget("a CR", "{path}\rx"),
        badTarget("an LF", "{path}\nx"),
        badTarget("an octet over 127", "{path}\u00e4"),
        badTarget("no slash in front", "x{path}"),
        badTarget("an asterisk", "*"));
  }

  private static List<Shape> lines() {
    return List.of(
        line("CONNECT", "CONNECT {host}:80 HTTP/1.1", refuse(501)),
        line("CONNECT with a path", "CONNECT {path} HTTP/1.1", refuse(501)),
        line("the begin of a preface", "PRI * HTTP/2.0", refuse(400)),
        line("the preface's method", "PRI {path} HTTP/1.1", refuse(400)),
        line("two blanks", "GET  {path} HTTP/1.1", refuse(400)),
        line("a tab for a blank", "GET\t{path} HTTP/1.1", refuse(400)),
        line("a blank in front", " GET {path} HTTP/1.1", refuse(400)),
        line("a blank behind", "GET {path} HTTP/1.1 ", refuse(400)),
        line("a method with a colon", "GET: {path} HTTP/1.1", refuse(400)),
        line("a method with NUL", "GET\0 {path} HTTP/1.1", refuse(400)),
        line("a method in small letters", "get {path} HTTP/1.1", forward("get {path}", 0)),
        line("a method that nobody knows", "BREW {path} HTTP/1.1", forward("BREW {path}", 0)),
        line("HTTP/1.2", "GET {path} HTTP/1.2", refuse(505)),
        line("HTTP/2.0", "GET {path} HTTP/2.0", refuse(505)),
        line("HTTP/0.9", "GET {path}", refuse(400)),
        line("a version in small letters", "GET {path} http/1.1", refuse(400)),
        line("a version of two digits", "GET {path} HTTP/1.10", refuse(400)),
        line("a version with a comma", "GET {path} HTTP/1,1", refuse(400)),
        line("a request line that ends with CR", "GET {path} HTTP/1.1\rX: y", refuse(400)),
        line("a request line that ends with LF", "GET {path} HTTP/1.1\nX: y", refuse(400)),
        line("an empty line in front", "\r\nGET {path} HTTP/1.1", forward(GET, 0)),
        line("an LF in front", "\nGET {path} HTTP/1.1", refuse(400)));
  }
}
