package dev.postern.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which DATA frames are read as one (RFC 9113 6.1): their octets are all there, in order.
class DataRunTest {
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  /// What comes out, in words; bodies are kept as an owner would.
  private static final class Noted implements FrameListener {
    final List<String> frames = new ArrayList<>();
    final List<ByteBuf> bodies = new ArrayList<>();

    @Override
    public void data(int streamId, ByteBuf data, int octets, boolean end) {
      bodies.add(data.retain());
      String text = data.toString(StandardCharsets.US_ASCII);
      frames.add(streamId + ":" + text + ":" + octets + (end ? ":end" : ""));
    }

    @Override
    public void headers(int streamId, ByteBuf block, boolean end, boolean ofItself) {}

    @Override
    public void priority() {}

    @Override
    public void reset(int streamId, long code) {}

    @Override
    public void settings(ByteBuf in, int from, int to) {}

    @Override
    public void settingsAck() {}

    @Override
    public void ping(long data, boolean ack) {}

    @Override
    public void goAway(int lastStreamId, long code) {}

    @Override
    public void windowUpdate(int streamId, int increment) {
      frames.add("window");
    }

    @Override
    public void unknown() {}
  }

  private final Noted noted = new Noted();
  private final ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(SETTINGS);
  private final FrameReader reader = new FrameReader(noted, 1000);

  @AfterEach
  void release() {
    noted.bodies.forEach(ByteBuf::release);
    in.release();
  }

  private DataRunTest frame(int stream, String payload, int flags) {
    byte[] octets = payload.getBytes(StandardCharsets.US_ASCII);
    Frame.header(in, octets.length, Frame.DATA, flags, stream);
    in.writeBytes(octets);
    return this;
  }

  private DataRunTest frame(int stream, String payload) {
    return frame(stream, payload, Frame.NO_FLAG);
  }

  private List<String> read() throws Http2Exception {
    while (reader.read(in)) {}
    return noted.frames;
  }

  @Test
  void framesOfOneStreamAreReadAsOne() throws Exception {
    frame(1, "one").frame(1, "two").frame(1, "three").frame(3, "other").frame(3, "s");
    assertThat(read()).containsExactly("1:onetwothree:11", "3:others:6");
    // What was handed out before is not touched by what is moved later.
    assertThat(noted.bodies.getFirst().toString(StandardCharsets.US_ASCII))
        .isEqualTo("onetwothree");
  }

  @Test
  void theEndOfTheStreamIsTheEndOfTheRun() throws Exception {
    frame(1, "a").frame(1, "b", Frame.END_STREAM).frame(1, "c");
    assertThat(read()).containsExactly("1:ab:2:end", "1:c:1");
  }

  @Test
  void anEmptyFrameJoinsWhereItEndsTheStreamAlone() throws Exception {
    frame(1, "a").frame(1, "").frame(1, "b").frame(1, "", Frame.END_STREAM);
    assertThat(read()).containsExactly("1:a:1", "1::0", "1:b:1:end");
  }

  @Test
  void paddingAndOtherFramesEndARun() throws Exception {
    frame(1, "a").frame(1, "\u0001b\u0000", Frame.PADDED).frame(1, "c");
    Frame.header(in, 4, Frame.WINDOW_UPDATE, Frame.NO_FLAG, 1);
    in.writeInt(7);
    frame(1, "d");
    assertThat(read()).containsExactly("1:a:1", "1:b:3", "1:c:1", "window", "1:d:1");
  }

  @Test
  void aFrameThatIsNotAllThereWaits() throws Exception {
    frame(1, "a").frame(1, "bcd").frame(1, "rest");
    ByteBuf rest = in.readRetainedSlice(in.readableBytes());
    in.clear();
    in.writeBytes(Unpooled.wrappedBuffer(rest), rest.readableBytes() - 2);
    assertThat(read()).containsExactly("1:abcd:4");
    in.writeBytes(rest.slice(rest.readableBytes() - 2, 2));
    assertThat(read()).containsExactly("1:abcd:4", "1:rest:4");
    rest.release();
  }

  @Test
  void aRunIsNoLongerThanAFrameMayBe() throws Exception {
    for (int i = 0; i < 20; i++) {
      frame(1, "x".repeat(1000));
    }
    read();
    assertThat(noted.bodies).extracting(ByteBuf::readableBytes).containsExactly(16_000, 4_000);
  }

  @Test
  void aReservedBitIsNotPartOfTheStream() throws Exception {
    frame(5, "a").frame(5 | Integer.MIN_VALUE, "b").frame(0x0100_0005, "c");
    assertThat(read()).containsExactly("5:ab:2", "16777221:c:1");
  }
}
