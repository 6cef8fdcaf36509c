package dev.postern.proxy.hpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The decoder against blocks of any octets, beside Netty's.
class HpackFuzzTest {
  private static final int LARGE = 1 << 20;

  /// Keeps every field.
  private static final class Kept implements FieldSink {
    private final HeaderBlock block = new HeaderBlock();
    private final List<String> fields = new ArrayList<>();

    @Override
    public HeaderBlock begin() {
      block.clear();
      fields.clear();
      return block;
    }

    @Override
    public void field(
        @Nullable Pseudo pseudo,
        HeaderName name,
        boolean nameWellFormed,
        int nameLength,
        int valueLength,
        boolean valueWellFormed) {
      int at = block.length();
      fields.add(
          new String(block.bytes(), at, nameLength, ISO_8859_1)
              + "\0"
              + new String(block.bytes(), at + nameLength, valueLength, ISO_8859_1));
      block.extend(nameLength + valueLength);
    }
  }

  @FuzzTest
  void blocksAreReadAsNettyReadsThem(FuzzedDataProvider data) {
    HpackDecoder ours = new HpackDecoder(LARGE);
    DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, LARGE);
    Kept kept = new Kept();
    boolean goes = true;
    for (int i = 0; goes && i < 5 && data.remainingBytes() > 0; i++) {
      ByteBuf block = Unpooled.wrappedBuffer(data.consumeBytes(data.consumeInt(0, 200)));
      Optional<List<String>> expected = read(netty, block.duplicate());
      Optional<List<String>> read = read(ours, kept, block.duplicate());
      assertThat(read).isEqualTo(expected);
      goes = read.isPresent();
    }
  }

  private static Optional<List<String>> read(HpackDecoder decoder, Kept kept, ByteBuf block) {
    try {
      assertThat(decoder.decode(block, kept)).isFalse();
      return Optional.of(List.copyOf(kept.fields).stream().sorted().toList());
    } catch (HpackException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<String>> read(DefaultHttp2HeadersDecoder decoder, ByteBuf block) {
    try {
      List<String> fields = new ArrayList<>();
      decoder
          .decodeHeaders(1, block)
          .forEach(field -> fields.add(field.getKey() + "\0" + field.getValue()));
      return Optional.of(fields.stream().sorted().toList());
    } catch (Http2Exception e) {
      return Optional.empty();
    }
  }
}
