package dev.postern.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
  private static final int MAX_OCTETS = 8192;
  private static final int MAX_FIELDS = 100;

  private final RequestHead head = new RequestHead();
  private final RequestParser parser = new RequestParser(MAX_OCTETS, MAX_FIELDS);

  @Test
  void readsARequestAndLeavesWhatFollows() {
    ByteBuf in = octets("GET /a/b?c=d HTTP/1.1\r\nHost: Example.com:8080\r\nX-A:  b \r\n\r\nrest");
    parser.begin(head);
    assertThat(parser.parse(in)).isEqualTo(RequestParser.COMPLETE);
    assertThat(head.methodText()).isEqualTo("GET");
    assertThat(head.pathText()).isEqualTo("/a/b");
    assertThat(head.targetText()).isEqualTo("/a/b?c=d");
    assertThat(head.authorityText()).isEqualTo("Example.com:8080");
    assertThat(text(head, head.hostOffset(), head.hostLength())).isEqualTo("example.com");
    assertThat(head.headers().count()).isEqualTo(1);
    assertThat(head.headers().nameText(0)).isEqualTo("x-a");
    assertThat(head.headers().valueText(0)).isEqualTo("b");
    assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("rest");
  }

  @Test
  void readsTheSameWhenOctetsComeOneByOne() {
    String request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX-Y: z\r\n\r\n";
    parser.begin(head);
    for (int i = 0; i < request.length() - 1; i++) {
      assertThat(parser.parse(octets(request.substring(i, i + 1))))
          .isEqualTo(RequestParser.NEED_MORE);
    }
    assertThat(parser.parse(octets("\n"))).isEqualTo(RequestParser.COMPLETE);
    assertThat(head.contentLength()).isEqualTo(3);
    assertThat(head.headers().nameText(0)).isEqualTo("x-y");
  }

  @ParameterizedTest
  @CsvSource({
    "/a/../b, /b",
    "/a/./b, /a/b",
    "/a/b/.., /a/",
    "/a/b/., /a/b/",
    "/a/%2e%2E/b?c=/../d, /b?c=/../d",
    "/a/.%2e/, /",
    "/., /",
    "/./?q, /?q",
    "/a//../b, /a/b",
    "/a//b, /a//b",
    "/a%2F../b, /a%2F../b",
    "/a/..%2Fb, /a/..%2Fb",
    "/.../.a/a./..a/%2ea, /.../.a/a./..a/%2ea",
    "/%252e%252e/b, /%252e%252e/b",
    "/a?/../b, /a?/../b",
    "http://x.test/a/../b?c, /b?c"
  })
  void dotSegmentsAreResolved(String target, String resolved) {
    assertThat(parse("GET " + target + " HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n"))
        .isEqualTo(RequestParser.COMPLETE);
    assertThat(head.targetText()).isEqualTo(resolved);
    assertThat(head.headers().valueText(0)).isEqualTo("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/..", "/../a", "/a/../../b", "/%2e%2e/b", "/./.%2E/", "http://x.test/../b"})
  void aPathThatClimbsAboveTheRootIsRefused(String target) {
    assertThat(parse("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.PATH);
    assertThat(parser.failure().status()).isEqualTo(400);
  }

  @Test
  void theAbsoluteFormReplacesHost() {
    assertThat(parse("GET http://B.example/p?q HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isEqualTo(RequestParser.COMPLETE);
    assertThat(head.authorityText()).isEqualTo("B.example");
    assertThat(head.targetText()).isEqualTo("/p?q");
  }

  @Test
  void theAbsoluteFormWithoutAPathMeansTheRoot() {
    assertThat(parse("GET http://b.example?q=1 HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isEqualTo(RequestParser.COMPLETE);
    assertThat(head.authorityText()).isEqualTo("b.example");
    assertThat(head.targetText()).isEqualTo("/?q=1");
    assertThat(parse("GET http://b.example HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isEqualTo(RequestParser.COMPLETE);
    assertThat(head.authorityText()).isEqualTo("b.example");
    assertThat(head.targetText()).isEqualTo("/");
  }

  @Test
  void anEmptyLineBeforeTheRequestIsSkipped() {
    assertThat(parse("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo(RequestParser.COMPLETE);
    assertThat(head.methodText()).isEqualTo("GET");
  }

  @Test
  void persistenceFollowsVersionAndConnection() {
    parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(parser.persistent()).isTrue();
    parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n");
    assertThat(parser.persistent()).isFalse();
    parse("GET / HTTP/1.0\r\n\r\n");
    assertThat(parser.persistent()).isFalse();
    parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    assertThat(parser.persistent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1~H: a~~|HOST",
        "GET / HTTP/1.1~Host: a~Host: a~~|HOST",
        "GET / HTTP/1.1~Host: a b~~|HOST",
        "GET / HTTP/1.1~Host: a/b~~|HOST",
        "GET /a b HTTP/1.1~Host: a~~|START_LINE",
        "GET  / HTTP/1.1~Host: a~~|START_LINE",
        "GET /#f HTTP/1.1~Host: a~~|TARGET",
        "GET a HTTP/1.1~Host: a~~|TARGET",
        "GET * HTTP/1.1~Host: a~~|TARGET",
        "G(T / HTTP/1.1~Host: a~~|START_LINE",
        "' GET / HTTP/1.1~Host: a~~'|START_LINE",
        "GET / HTTP/1.2~Host: a~~|VERSION",
        "GET / HTTP/2.0~Host: a~~|VERSION",
        "GET / http/1.1~Host: a~~|START_LINE",
        "GET / HTTP~Host: a~~|START_LINE",
        "GET / h~Host: a~~|START_LINE",
        "'GET / ~Host: a~~'|START_LINE",
        "GET / \tFTP~Host: a~~|START_LINE",
        "INVALID CONNECTION PREFACE~~|NOT_HTTP",
        "GET / FTP/1.1~Host: a~~|NOT_HTTP",
        "GET / HTTP/1.1 ~Host: a~~|START_LINE",
        "GET /~~|TARGET",
        "CONNECT a:443 HTTP/1.1~Host: a~~|METHOD",
        "GET / HTTP/1.1~Host: a~X : b~~|FIELD_NAME",
        "GET / HTTP/1.1~Host: a~: b~~|FIELD_NAME",
        "GET / HTTP/1.1~Host: a~X~~|FIELD_NAME",
        "GET / HTTP/1.1~Host: a~X: b~ c~~|FOLDED_FIELD",
        "GET / HTTP/1.1~Host: a~X: b~\tc~~|FOLDED_FIELD",
        "GET / HTTP/1.1~ Host: a~~|FOLDED_FIELD",
        "GET / HTTP/1.1~Host: a~Content-Length: 1~Content-Length: 2~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: 1~Content-Length: 1~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: 1, 1~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: +1~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: -1~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: 0x1~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length:~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: 99999999999999999999~~|CONTENT_LENGTH",
        "GET / HTTP/1.1~Host: a~Content-Length: 1~Transfer-Encoding: chunked~~|LENGTH_AND_ENCODING",
        "GET / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Content-Length: 1~~|LENGTH_AND_ENCODING",
        "GET / HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~|TRANSFER_ENCODING",
        "GET / HTTP/1.1~Host: a~Transfer-Encoding: identity~~|TRANSFER_ENCODING",
        "GET / HTTP/1.1~Host: a~Transfer-Encoding: xchunked~~|TRANSFER_ENCODING",
        "GET / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~|TRANSFER_ENCODING",
        "GET / HTTP/1.0~Host: a~Transfer-Encoding: chunked~~|TRANSFER_ENCODING_IN_1_0",
      })
  void refusesWhatTwoReadersCouldReadDifferently(String request, Malformed why) {
    assertThat(parse(request.replace("~", "\r\n"))).isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
      })
  void refusesALineThatEndsInLfAlone(String request) {
    assertThat(parse(request)).isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.LINE_END);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\rb", "a\u0000b", "a\u0001b", "a\u007fb"})
  void refusesControlCharactersInValues(String value) {
    assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n"))
        .isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.FIELD_VALUE);
  }

  @Test
  void refusesAHeadThatIsTooLarge() {
    assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(MAX_OCTETS)))
        .isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.HEAD_TOO_LARGE);
    assertThat(parse("GET /" + "y".repeat(MAX_OCTETS))).isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.TARGET_TOO_LONG);
    assertThat(parse("y".repeat(MAX_OCTETS))).isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.START_LINE);
  }

  @Test
  void refusesTooManyFields() {
    assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(101) + "\r\n"))
        .isEqualTo(RequestParser.FAILED);
    assertThat(parser.failure()).isEqualTo(Malformed.TOO_MANY_FIELDS);
  }

  private int parse(String request) {
    parser.begin(head);
    return parser.parse(octets(request));
  }

  private static ByteBuf octets(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static String text(RequestHead head, int offset, int length) {
    return new String(head.bytes(), offset, length, StandardCharsets.US_ASCII);
  }
}
