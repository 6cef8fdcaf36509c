package dev.postern.proxy.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldBodyTest {
  private static final PooledByteBufAllocator MEMORY = PooledByteBufAllocator.DEFAULT;

  /// Each was read into a buffer of its own, of which it is a small piece.
  @Test
  void manySmallPartsThatMayBeSentAgainHoldNoBuffersThatTheyCameIn() {
    HeldBody held = new HeldBody();
    held.keep(true);
    List<ByteBuf> read = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ByteBuf in = MEMORY.directBuffer(2048).writeByte('a' + i % 26);
      read.add(in);
      held.sending(false, in);
      in.release();
    }
    assertThat(read).filteredOn(in -> in.refCnt() > 0).hasSizeLessThanOrEqualTo(1);
    held.rewind();
    ByteBuf whole = held.whole(MEMORY);
    assertThat(whole.toString(US_ASCII)).hasSize(100).startsWith("abc").endsWith("stuv");
    whole.release();
    held.release();
    assertThat(read).allMatch(in -> in.refCnt() == 0);
  }
}
