package dev.postern.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SentFieldsTest {

  @Test
  void requestIdsDoNotDriveOutWhatComesAgain() throws Http2Exception {
    DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder(SentFields::unique, true);
    String agent = "an agent with a name of some length ".repeat(4);
    encode(encoder, agent);
    int again = encode(encoder, agent);
    for (int i = 0; i < 200; i++) {
      assertThat(encode(encoder, agent)).isCloseTo(again, within(6));
    }
    assertThat(again).isLessThan(agent.length());
  }

  /// How many octets it takes.
  private static int encode(DefaultHttp2HeadersEncoder encoder, String agent)
      throws Http2Exception {
    HeaderBlock block = new HeaderBlock();
    block.add(Octets.ascii("user-agent"), Octets.ascii(agent));
    block.add(Octets.ascii("x-request-id"), Octets.ascii(UUID.randomUUID().toString()));
    ByteBuf out = Unpooled.buffer();
    encoder.encodeHeaders(1, SentFields.trailers(block), out);
    return out.readableBytes();
  }
}
