package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgiHeadParserTest {
  private final ResponseHead head = new ResponseHead();
  private ByteBuf rest = Unpooled.EMPTY_BUFFER;

  @Test
  void linesEndInLineFeedWithOrWithoutCarriageReturn() {
    for (String end : List.of("\n", "\r\n")) {
      assertThat(parse("Content-Type: text/plain" + end + "X-A:  b \t" + end + end + "body"))
          .isEqualTo(CgiHeadParser.COMPLETE);
      assertThat(head.status()).isEqualTo(200);
      assertThat(fields()).containsExactly("content-type=text/plain", "x-a=b");
      assertThat(rest.toString(ISO_8859_1)).isEqualTo("body");
    }
  }

  @Test
  void statusSaysTheStatusAndIsNotAField() {
    assertThat(parse("Status: 404 Not Found\n\n")).isEqualTo(CgiHeadParser.COMPLETE);
    assertThat(head.status()).isEqualTo(404);
    assertThat(fields()).isEmpty();
  }

  @Test
  void aLocationAloneIsARedirect() {
    assertThat(parse("Location: /there\n\n")).isEqualTo(CgiHeadParser.COMPLETE);
    assertThat(head.status()).isEqualTo(302);
    assertThat(fields()).containsExactly("location=/there");
  }

  @Test
  void aLocationWithAStatusIsWhatTheStatusSays() {
    parse("Location: /there\nStatus: 201 Created\n\n");
    assertThat(head.status()).isEqualTo(201);
  }

  @Test
  void whatIsForTheGatewayGoesNoFurther() {
    parse("X-Accel-Redirect: /secret\nTransfer-Encoding: chunked\nContent-Length: 5\nA: b\n\n");
    assertThat(fields()).containsExactly("a=b");
    assertThat(head.contentLength()).isEqualTo(5);
  }

  @Test
  void cookiesStayApart() {
    parse("Set-Cookie: a=1\nSet-Cookie: b=2\n\n");
    assertThat(fields()).containsExactly("set-cookie=a=1", "set-cookie=b=2");
  }

  @Test
  void aBodilessStatusHasNoBody() {
    parse("Status: 204\nContent-Length: 7\n\n");
    assertThat(head.bodyless()).isTrue();
    assertThat(head.contentLength()).isEqualTo(-1);
    parse("Status: 304\n\n");
    assertThat(head.bodyless()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\n\n",
        "no colon\n\n",
        ": empty name\n\n",
        "A b: c\n\n",
        "A : c\n\n",
        " folded: c\n\n",
        "A: b\n folded\n\n",
        "A: b\0\n\n",
        "A: b\rSet-Cookie: c\n\n",
        "A: \u007f\n\n",
        "\u00e4: b\n\n",
        "Status: 100 Continue\n\n",
        "Status: 99\n\n",
        "Status: 2000\n\n",
        "Status: OK\n\n",
        "Status:\n\n",
        "Status: -20\n\n",
        "Status: 200\nStatus: 200\n\n",
        "Content-Length: 1\nContent-Length: 1\n\n",
        "Content-Length: -1\n\n",
        "Content-Length: 1, 1\n\n",
        "Content-Length: 99999999999999999999\n\n",
      })
  void aMalformedHeadIsRefused(String text) {
    assertThat(parse(text)).isEqualTo(CgiHeadParser.FAILED);
  }

  @Test
  void tooManyOctetsAndTooManyFieldsAreRefused() {
    assertThat(parse("A: " + "b".repeat(2000))).isEqualTo(CgiHeadParser.FAILED);
    assertThat(parse("A: b\n".repeat(21) + "\n")).isEqualTo(CgiHeadParser.FAILED);
    assertThat(parse("Transfer-Encoding: b\n".repeat(21) + "\n")).isEqualTo(CgiHeadParser.FAILED);
    assertThat(parse("A: b\n".repeat(20) + "\n")).isEqualTo(CgiHeadParser.COMPLETE);
  }

  @Test
  void octetByOctetOrAtOnceNoiseIsJudgedTheSame() {
    String[] words = {
      "Status",
      ": ",
      "200",
      "404 x",
      "\n",
      "\r\n",
      "\n\n",
      "a",
      "-",
      "Content-Length",
      "5",
      "\r",
      " ",
      "Location",
      "\0",
      "\u00ff",
      "X-Accel-",
      "b",
      ":",
      "\t"
    };
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(24); i > 0; i--) {
        text.append(words[random.nextInt(words.length)]);
      }
      int whole = parse(text.toString());
      String as = head.status() + " " + head.contentLength() + " " + fields();
      String behind = rest.toString(ISO_8859_1);
      CgiHeadParser parser = new CgiHeadParser(1000, 20, head, false);
      ByteBuf in = Unpooled.copiedBuffer(text, ISO_8859_1);
      int single = CgiHeadParser.NEED_MORE;
      while (single == CgiHeadParser.NEED_MORE && in.isReadable()) {
        ByteBuf octet = in.readSlice(1);
        single = parser.parse(octet);
      }
      assertThat(single).as("seed %s: %s", seed, text).isEqualTo(whole);
      if (whole == CgiHeadParser.COMPLETE) {
        assertThat(head.status() + " " + head.contentLength() + " " + fields()).isEqualTo(as);
        assertThat(in.toString(ISO_8859_1)).as("seed %s: %s", seed, text).isEqualTo(behind);
        assertThat(as).doesNotContain("\r", "\n", "\0");
      }
    }
  }

  private int parse(String text) {
    rest = Unpooled.copiedBuffer(text, ISO_8859_1);
    return new CgiHeadParser(1000, 20, head, false).parse(rest);
  }

  private List<String> fields() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < head.headers().count(); i++) {
      all.add(head.headers().nameText(i) + "=" + head.headers().valueText(i));
    }
    return all;
  }
}
