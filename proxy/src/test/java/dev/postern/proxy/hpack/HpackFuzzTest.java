package dev.postern.proxy.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The decoder against blocks of any octets, beside Netty's.
class HpackFuzzTest {
  private static final int LARGE = 1 << 20;

  @FuzzTest
  void blocksAreReadAsNettyReadsThem(FuzzedDataProvider data) {
    HpackDecoder ours = new HpackDecoder(LARGE);
    DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, LARGE);
    NotedFields kept = new NotedFields();
    boolean goes = true;
    for (int i = 0; goes && i < 5 && data.remainingBytes() > 0; i++) {
      ByteBuf block = Unpooled.wrappedBuffer(data.consumeBytes(data.consumeInt(0, 200)));
      Optional<List<String>> expected = read(netty, block.duplicate());
      Optional<List<String>> read = read(ours, kept, block.duplicate());
      assertThat(read).isEqualTo(expected);
      goes = read.isPresent();
    }
  }

  private static Optional<List<String>> read(
      HpackDecoder decoder, NotedFields kept, ByteBuf block) {
    try {
      assertThat(decoder.decode(block, kept)).isFalse();
      return Optional.of(kept.plain.stream().sorted().toList());
    } catch (HpackException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<String>> read(DefaultHttp2HeadersDecoder decoder, ByteBuf block) {
    try {
      List<String> fields = new ArrayList<>();
      decoder
          .decodeHeaders(1, block)
          .forEach(field -> fields.add(field.getKey() + ": " + field.getValue()));
      return Optional.of(fields.stream().sorted().toList());
    } catch (Http2Exception e) {
      return Optional.empty();
    }
  }
}
