package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordReaderTest {
  private static final int STDOUT = 6;
  private static final int STDERR = 7;
  private static final int END = 3;

  private final Heard heard = new Heard();
  private final RecordReader reader = new RecordReader();

  @Test
  void whatIsCutIntoAnyPiecesReadsTheSame() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      StringBuilder out = new StringBuilder();
      StringBuilder err = new StringBuilder();
      ByteBuf wire = Unpooled.buffer();
      for (int i = random.nextInt(8); i > 0; i--) {
        byte[] content = new byte[1 + random.nextInt(random.nextBoolean() ? 20 : 65535)];
        random.nextBytes(content);
        boolean isOut = random.nextBoolean();
        (isOut ? out : err).append(new String(content, ISO_8859_1));
        record(wire, isOut ? STDOUT : STDERR, content, random.nextInt(256));
      }
      record(wire, STDOUT, new byte[0], random.nextInt(2) * 8);
      record(wire, END, new byte[] {0, 0, 0, 9, 2, 0, 0, 0}, random.nextInt(256));
      wire.writeBytes("afterwards".getBytes(ISO_8859_1));

      Heard got = new Heard();
      RecordReader one = new RecordReader();
      while (wire.isReadable()) {
        ByteBuf piece = wire.readRetainedSlice(1 + random.nextInt(wire.readableBytes()));
        assertThat(one.read(piece, got)).as("seed %s: %s", seed, one.failure()).isTrue();
        assertThat(piece.isReadable()).isFalse();
        piece.release();
      }
      assertThat(got.out.toString()).as("seed %s", seed).isEqualTo(out.toString());
      assertThat(got.err.toString()).as("seed %s", seed).isEqualTo(err.toString());
      assertThat(got.protocolStatus).isEqualTo(2);
      assertThat(wire.refCnt()).isEqualTo(1);
    }
  }

  @Test
  void noiseNeitherThrowsNorLosesABuffer() {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      // Most of it should get past the first check.
      for (int at = 0; at + 8 < noise.length && random.nextInt(10) > 0; at += 8) {
        noise[at] = 1;
        noise[at + 1] = (byte) (random.nextInt(10) == 0 ? random.nextInt(256) : STDOUT);
        noise[at + 2] = 0;
        noise[at + 3] = 1;
        noise[at + 4] = 0;
        noise[at + 5] = (byte) random.nextInt(9);
        noise[at + 6] = (byte) random.nextInt(3);
      }
      ByteBuf in = Unpooled.copiedBuffer(noise);
      RecordReader one = new RecordReader();
      if (one.read(in, new Heard())) {
        assertThat(in.isReadable()).as("seed %s", seed).isFalse();
      } else {
        assertThat(one.failure()).as("seed %s", seed).isNotEmpty();
      }
      assertThat(in.refCnt()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0206000100000000, version 2",
    "0106000200000000, request 2",
    "0106000000000000, request 0",
    "0109000100000000, type 9",
    "0101000100080000, type 1",
    "0100000100000000, type 0",
    "0103000100070000, an end of 7",
    "0103000100000000, an end of 0",
    "01030001ffff0000, an end of 65535",
  })
  void aHeaderThatMakesNoSenseIsRefused(String octets, String why) {
    assertThat(read(octets)).isFalse();
    assertThat(reader.failure()).contains(why.replace("an end", "end"));
    assertThat(read("0106000100000000")).as("for good").isFalse();
  }

  @Test
  void outputMayNotFollowItsEnd() {
    assertThat(read("0106000100000000" + "0107000100010000" + "41")).isTrue();
    assertThat(read("0106000100010000" + "41")).isFalse();
    assertThat(heard.err.toString()).isEqualTo("A");
    assertThat(heard.out.toString()).isEmpty();
  }

  @Test
  void anEndWithoutAnEndOfOutputIsAnEnd() {
    assertThat(read("0103000100080000" + "0000000000000000")).isTrue();
    assertThat(reader.ended()).isTrue();
    assertThat(heard.protocolStatus).isZero();
  }

  private boolean read(String hex) {
    return reader.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)), heard);
  }

  static void record(ByteBuf to, int type, byte[] content, int padding) {
    to.writeByte(1).writeByte(type).writeShort(1).writeShort(content.length);
    to.writeByte(padding).writeByte(0).writeBytes(content).writeBytes(new byte[padding]);
  }

  /// Keeps what it is told.
  static final class Heard implements RecordReader.Sink {
    final StringBuilder out = new StringBuilder();
    final StringBuilder err = new StringBuilder();
    int protocolStatus = -1;

    @Override
    public void stdout(ByteBuf data) {
      out.append(data.toString(ISO_8859_1));
      data.release();
    }

    @Override
    public void stderr(ByteBuf data) {
      err.append(data.toString(ISO_8859_1));
    }

    @Override
    public void ended(int status) {
      assertThat(protocolStatus).as("only one end").isEqualTo(-1);
      protocolStatus = status;
    }
  }
}
