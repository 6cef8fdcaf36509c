package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The codec against an application that sends anything, in any pieces.
class FastCgiFuzzTest {
  private static final int MAX_HEAD = 512;
  private static final int MAX_FIELDS = 8;

  /// What came of octets.
  private record Read(
      boolean good, boolean ended, String failure, String out, String err, int status) {}

  @FuzzTest
  void anyOctetsReadTheSameHoweverTheyAreCut(byte[] wire) {
    Read whole = read(wire, Math.max(1, wire.length));
    assertThat(whole.good).isEqualTo(whole.failure.isEmpty());
    assertThat(whole.ended).isEqualTo(whole.status >= 0);
    for (int piece : new int[] {1, 3, 8, 13}) {
      assertThat(read(wire, piece)).isEqualTo(whole);
    }
  }

  /// Octets that get past the first check, with what should be heard of them.
  @FuzzTest
  void recordsAreHeardAsTheyWereSent(FuzzedDataProvider data) {
    ByteBuf wire = Unpooled.buffer();
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    for (int i = data.consumeInt(0, 20); i > 0; i--) {
      int type = data.consumeBoolean() ? RecordType.STDOUT : RecordType.STDERR;
      byte[] content = data.consumeBytes(data.consumeInt(1, 300));
      if (content.length > 0) {
        (type == RecordType.STDOUT ? out : err).append(new String(content, ISO_8859_1));
        RecordReaderTest.record(wire, type, content, data.consumeInt(0, 255));
      }
    }
    byte[] end = {0, 0, 0, 0, data.consumeByte(), 0, 0, 0};
    RecordReaderTest.record(wire, RecordType.END_REQUEST, end, data.consumeInt(0, 255));
    byte[] octets = new byte[wire.readableBytes()];
    wire.readBytes(octets);
    assertThat(read(octets, data.consumeInt(1, 70)))
        .isEqualTo(new Read(true, true, "", out.toString(), err.toString(), end[4] & 0xff));
  }

  private static Read read(byte[] wire, int piece) {
    RecordReaderTest.Heard heard = new RecordReaderTest.Heard();
    RecordReader reader = new RecordReader();
    boolean good = true;
    for (int at = 0; at < wire.length && good; at += piece) {
      ByteBuf in = Unpooled.copiedBuffer(wire, at, Math.min(piece, wire.length - at));
      good = reader.read(in, heard);
      assertThat(in.refCnt()).isEqualTo(1);
      assertThat(good && in.isReadable()).isFalse();
      in.release();
    }
    // A record that makes no sense may be the last octets: it is told by the next read.
    good &= reader.failure().isEmpty();
    return new Read(
        good,
        reader.ended(),
        reader.failure(),
        heard.out.toString(),
        heard.err.toString(),
        heard.protocolStatus);
  }

  /// What came of a head.
  private record Head(int state, String failure, int status, List<String> fields, String rest) {}

  @FuzzTest
  void anyHeadReadsTheSameHoweverItIsCut(byte[] text) {
    Head whole = head(text, Math.max(1, text.length));
    assertThat(whole.state == CgiHeadParser.FAILED).isEqualTo(!whole.failure.isEmpty());
    if (whole.state == CgiHeadParser.COMPLETE) {
      assertThat(whole.status).isBetween(200, 999);
      assertThat(whole.fields).hasSizeLessThanOrEqualTo(MAX_FIELDS);
      for (String field : whole.fields) {
        assertThat(field).doesNotContain("\n", "\r", "\0").matches("(?s)[^ :A-Z]+: .*");
        assertThat(field).doesNotMatch("(?s)(status|transfer-encoding|x-accel-.+): .*");
      }
    }
    for (int piece : new int[] {1, 2, 7}) {
      assertThat(head(text, piece)).isEqualTo(whole);
    }
  }

  private static Head head(byte[] text, int piece) {
    ResponseHead head = new ResponseHead();
    CgiHeadParser parser = new CgiHeadParser(MAX_HEAD, MAX_FIELDS, head, false);
    int state = CgiHeadParser.NEED_MORE;
    int at = 0;
    String rest = "";
    while (at < text.length && state == CgiHeadParser.NEED_MORE) {
      int take = Math.min(piece, text.length - at);
      ByteBuf in = Unpooled.copiedBuffer(text, at, take);
      state = parser.parse(in);
      at += take;
      assertThat(head.headers().length()).isLessThanOrEqualTo(MAX_HEAD);
      rest = in.toString(ISO_8859_1) + new String(text, at, text.length - at, ISO_8859_1);
      in.release();
    }
    boolean complete = state == CgiHeadParser.COMPLETE;
    return new Head(
        state,
        parser.failure(),
        complete ? head.status() : 0,
        complete ? fields(head.headers()) : List.of(),
        complete ? rest : "");
  }

  private static List<String> fields(HeaderBlock block) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < block.count(); i++) {
      String name = new String(block.bytes(), block.nameOffset(i), block.nameLength(i), ISO_8859_1);
      fields.add(name + ": " + block.valueText(i));
    }
    return fields;
  }

  @FuzzTest
  void pairsArriveAsTheyWereWritten(FuzzedDataProvider data) {
    ByteBuf wire = Unpooled.buffer();
    ParamsWriter writer = new ParamsWriter(wire);
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    for (int i = data.consumeInt(0, 12); i > 0; i--) {
      String name = "n".repeat(data.consumeInt(1, 70_000));
      String value = "v".repeat(data.consumeInt(0, 70_000));
      boolean fits = ParamsWriter.size(name.length(), value.length()) <= RecordType.MAX_CONTENT;
      assertThat(writer.pair(name.length(), value.length())).isEqualTo(fits);
      if (fits) {
        wire.writeBytes(name.getBytes(ISO_8859_1)).writeBytes(value.getBytes(ISO_8859_1));
        pairs.add(Map.entry(name, value));
      }
    }
    writer.end();
    assertThat(Pairs.read(wire)).isEqualTo(pairs);
    assertThat(wire.isReadable()).isFalse();
    wire.release();
  }
}
