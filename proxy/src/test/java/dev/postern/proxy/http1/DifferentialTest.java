package dev.postern.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What our reader takes, Netty's own reads the same: the same method, target and body, and the
/// same octets behind it. Either may refuse what the other takes, but Netty seldom does: it looks
/// into chunk extensions, which ours drops.
class DifferentialTest {
  private static final int ROUNDS = 20_000;
  private static final List<String> SEEDS =
      List.of(
          "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
          "POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n",
          "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "5\r\nhello\r\n3;ext=1\r\nabc\r\n0\r\nX-T: y\r\n\r\nGET / HTTP/1.1\r\n",
          "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n"
              + "0\r\n\r\n");
  private static final String SPICE = "\r\n\r\n :;,\t0123aAfF\u0000\u007f\u00ff+-xHTC/. ";
  private static final List<String> FRAGMENTS =
      List.of(
          "\r\n",
          "\n",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: chunked\r\n",
          "0\r\n\r\n",
          "Transfer-Encoding : chunked\r\n",
          " \r\n",
          "\r",
          "chunked, ",
          "Content-Length: 0\r\n");

  /// A request as a reader saw it.
  private record Seen(String method, String target, String body, int rest) {}

  @Test
  void readsNothingThatNettyReadsDifferently() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int taken = 0;
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String request = mutate(random, SEEDS.get(random.nextInt(SEEDS.size())));
      Seen ours = ours(request);
      if (ours != null) {
        taken++;
        Seen theirs = netty(request);
        if (theirs == null) {
          refused++;
        } else if (!theirs.target().contains("/.")) { // dot segments are resolved by us alone
          assertThat(theirs)
              .as("seed %d, round %d: %s", seed, i, printable(request))
              .isEqualTo(ours);
        }
      }
    }
    assertThat(taken).isGreaterThan(ROUNDS / 20);
    assertThat(refused).as("seed %d: refused by Netty alone", seed).isLessThan(taken / 20);
  }

  private static String mutate(Random random, String request) {
    StringBuilder text = new StringBuilder(request);
    for (int n = random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, SPICE.charAt(random.nextInt(SPICE.length())));
        case 1 -> text.insert(at, SPICE.charAt(random.nextInt(SPICE.length())));
        case 2 -> text.deleteCharAt(at);
        default -> text.insert(at, FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
      }
    }
    return text.toString();
  }

  private static @Nullable Seen ours(String request) {
    ByteBuf in = octets(request);
    RequestHead head = new RequestHead();
    RequestParser parser = new RequestParser(8192, 100);
    parser.begin(head);
    if (parser.parse(in) != HeadParser.COMPLETE) {
      return null;
    }
    BodyDecoder decoder = new BodyDecoder(8192, 100);
    if (head.chunked()) {
      decoder.chunked();
    } else {
      decoder.length(Math.max(0, head.contentLength()));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    BodyDecoder.Sink sink =
        new BodyDecoder.Sink() {
          @Override
          public void bodyData(ByteBuf data) {
            byte[] part = new byte[data.readableBytes()];
            data.readBytes(part);
            data.release();
            body.writeBytes(part);
          }

          @Override
          public void bodyTrailers(HeaderBlock trailers) {}
        };
    if (!decoder.decode(in, sink) || !decoder.done()) {
      return null;
    }
    return new Seen(
        head.methodText(),
        head.targetText(),
        body.toString(StandardCharsets.ISO_8859_1),
        in.readableBytes());
  }

  private static @Nullable Seen netty(String request) {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
    String method = "";
    String target = "";
    StringBuilder body = new StringBuilder();
    int fed = 0;
    try {
      // Octet by octet: so it is known where the message ended.
      for (; fed < request.length(); fed++) {
        channel.writeInbound(octets(request.substring(fed, fed + 1)));
        Object message;
        while ((message = channel.readInbound()) != null) {
          try {
            if (message instanceof HttpRequest head) {
              if (head.decoderResult().isFailure()) {
                return null;
              }
              method = head.method().name();
              target = head.uri().replaceFirst("^(?i:https?)://[^/?]*", "");
              target = target.startsWith("/") ? target : target.equals("*") ? "*" : "/" + target;
            }
            if (message instanceof HttpContent content) {
              if (content.decoderResult().isFailure()) {
                return null;
              }
              body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            }
            if (message instanceof LastHttpContent) {
              return new Seen(method, target, body.toString(), request.length() - fed - 1);
            }
          } finally {
            ReferenceCountUtil.release(message);
          }
        }
      }
      return null;
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static ByteBuf octets(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static String printable(String text) {
    return text.replace("\r", "\\r").replace("\n", "\\n");
  }
}
