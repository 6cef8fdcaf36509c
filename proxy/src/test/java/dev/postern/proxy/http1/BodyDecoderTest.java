package dev.postern.proxy.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lines end in CR LF, which `~` stands for here.
class BodyDecoderTest {
  private static final int MAX_OCTETS = 4096;

  private final StringBuilder data = new StringBuilder();

  private final BodyDecoder.Sink sink =
      new BodyDecoder.Sink() {
        @Override
        public void bodyData(ByteBuf octets) {
          data.append(octets.toString(ISO_8859_1));
          octets.release();
        }

        @Override
        public void bodyTrailers(HeaderBlock trailers) {}
      };

  private static BodyDecoder chunked() {
    BodyDecoder decoder = new BodyDecoder(MAX_OCTETS, 10);
    decoder.chunked();
    return decoder;
  }

  private static ByteBuf octets(String text) {
    return Unpooled.copiedBuffer(text.replace("~", "\r\n"), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"3~", "3 ~", "3\t ~", "003~", "3;a~", "3 ;a=\"b;c\"~", "3; a = b ; c~", "3;~"})
  void sizeMayHaveBlanksAndExtensionsBehind(String size) {
    BodyDecoder decoder = chunked();
    assertThat(decoder.decode(octets(size + "abc~0~~"), sink)).isTrue();
    assertThat(decoder.done()).isTrue();
    assertThat(data).hasToString("abc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" 3~", "3 x~", "3 0~", "3\t;\0~", "3,~", "3 =a~", "0x3~", "+3~", "3.0~", "~"})
  void anythingElseBesideASizeIsMalformed(String size) {
    BodyDecoder decoder = chunked();
    assertThat(decoder.decode(octets(size + "abc~0~~"), sink)).isFalse();
    assertThat(data).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\t", ";", ";a"})
  void lineOfASizeHasAnEnd(String more) {
    assertThat(chunked().decode(octets("3" + more.repeat(2048) + "~abc~0~~"), sink)).isFalse();
  }
}
