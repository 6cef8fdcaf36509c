package dev.postern.proxy.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.proxy.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Our HPACK against the examples of RFC 7541 and against Netty's.
class HpackTest {
  private static final int LARGE = 1 << 20;

  private final HpackDecoder decoder = new HpackDecoder(LARGE);
  private final NotedFields noted = new NotedFields();

  private List<String> decode(String hex) throws HpackException {
    byte[] octets = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
    assertThat(decoder.decode(Unpooled.wrappedBuffer(octets), noted)).isFalse();
    return noted.fields;
  }

  /// RFC 7541 C.3: three requests of one connection.
  @Test
  void requestsWithoutHuffmansCode() throws HpackException {
    assertThat(decode("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
        .containsExactly(
            ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
    assertThat(decode("8286 84be 5808 6e6f 2d63 6163 6865"))
        .containsExactly(
            ":method: GET",
            ":scheme: http",
            ":path: /",
            ":authority: www.example.com",
            "cache-control: no-cache");
    assertThat(decode("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
        .containsExactly(
            ":method: GET",
            ":scheme: https",
            ":path: /index.html",
            ":authority: www.example.com",
            "custom-key: custom-value");
  }

  /// RFC 7541 C.4.
  @Test
  void requestsInHuffmansCode() throws HpackException {
    decode("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff");
    assertThat(noted.fields).contains(":authority: www.example.com");
    decode("8286 84be 5886 a8eb 1064 9cbf");
    assertThat(noted.fields).contains("cache-control: no-cache");
    decode("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
    assertThat(noted.fields).contains("custom-key: custom-value");
  }

  /// RFC 7541 C.2.3.
  @Test
  void whatMayStandInNoTableIsTold() throws HpackException {
    assertThat(
            decode("1008 7061 7373 776f 7264 0673 6563 7265 74 0001 6101 62 1f0d 0131 0f0d 0132"))
        .containsExactly("password: secret", "a: b", "content-length: 1", "content-length: 2");
    assertThat(noted.secret).containsExactly("password: secret", "content-length: 1");
    decode("5001 61"); // an index of 16, and not the bit
    assertThat(noted.secret).isEmpty();
  }

  /// As nginx sends: it keeps nothing in the table and says each field anew in each response.
  @Test
  void whatIsSaidAgainIsReadAgain() throws HpackException {
    String plain = "0f0d 0331 3030";
    String coded = "0f0d 8208 01";
    assertThat(decode(coded + plain + coded + coded))
        .containsOnly("content-length: 100")
        .hasSize(4);
    assertThat(decode(plain)).containsExactly("content-length: 100");
    assertThat(decode("0f0d 0331 3031")).containsExactly("content-length: 101");
    assertThat(decode("0f0d 0231 30")).containsExactly("content-length: 10");
    assertThat(decode("0f0d 00")).containsExactly("content-length: ");
    assertThat(decode("0f0d 00")).containsExactly("content-length: ");
    assertThat(decode("0f0e 0231 30")).containsExactly("content-location: 10");
    String large = "0f0d 43" + "31".repeat(67);
    for (int i = 0; i < 2; i++) {
      assertThat(decode("0f0d 0220 31 0f0d 0220 31")).containsOnly("VALUE content-length:  1");
      assertThat(decode(large)).containsExactly("content-length: " + "1".repeat(67));
      assertThat(decode(plain)).containsExactly("content-length: 100");
    }
    assertThatThrownBy(() -> decode("0f0d 0331 30"))
        .isInstanceOf(HpackException.class)
        .hasMessageContaining("cut off");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "80 | an index that is in no table",
        "be | an index that is in no table",
        "ff80 8080 8080 01 | too large",
        "7fff ffff ff7f 01 | too large",
        "7f | cut off",
        "40 | cut off",
        "400a 61 | cut off",
        "4001 61 | cut off",
        "4001 6185 61 | cut off",
        "3fe2 1f | larger than was allowed",
        "8220 | behind a field",
        "4182 ffff | Huffman",
        "4181 00 | Huffman",
        "4184 ffff ffff | Huffman",
      })
  void whatCannotBeDecoded(String hex, String why) {
    assertThatThrownBy(() -> decode(hex))
        .isInstanceOf(HpackException.class)
        .hasMessageContaining(why);
  }

  @Test
  void theTableMayBecomeSmallerAndLarger() throws HpackException {
    decode("4001 6101 62"); // a: b, remembered
    assertThat(decode("be")).containsExactly("a: b");
    decode("20");
    assertThatThrownBy(() -> decode("be")).isInstanceOf(HpackException.class);
    decode("3fe1 1f"); // 4096 again
    decode("4001 6101 63");
    assertThat(decode("be")).containsExactly("a: c");
  }

  @Test
  void anEntryLargerThanTheTableEmptiesIt() throws HpackException {
    decode("4001 6101 62");
    decode("3f 09"); // 40: no room for a value of 8
    decode("4001 6108 6262 6262 6262 6262");
    assertThat(noted.fields).containsExactly("a: bbbbbbbb");
    assertThatThrownBy(() -> decode("be")).isInstanceOf(HpackException.class);
  }

  @Test
  void sectionsThatAreTooLargeAreDecodedToTheirEnd() throws HpackException {
    HpackDecoder small = new HpackDecoder(100);
    ByteBuf block =
        Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("40016101624001630164" + "82".repeat(9)));
    assertThat(small.decode(block, noted)).isTrue();
    assertThat(noted.fields).hasSizeLessThan(4).contains("a: b", "c: d");
    block = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("bebf"));
    assertThat(small.decode(block, noted)).isFalse();
    assertThat(noted.fields).containsExactly("c: d", "a: b");
  }

  @Test
  void whatMayNotStandInAMessageIsTold() throws HpackException {
    for (String remembered : List.of("40", "00")) {
      assertThat(decode(remembered + "0141 0162")).containsExactly("NAME A: b");
      assertThat(decode(remembered + "00 0162")).containsExactly("NAME : b");
      assertThat(decode(remembered + "0161 0100")).containsExactly("VALUE a: \0");
      assertThat(decode(remembered + "0161 022062")).containsExactly("VALUE a:  b");
      assertThat(decode(remembered + "0161 00")).containsExactly("a: ");
    }
    assertThat(decode("be bf c0 c1"))
        .containsExactly("a: ", "VALUE a:  b", "VALUE a: \0", "NAME : b");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsWhatNettyWrites(long seed) throws Exception {
    Random random = new Random(seed);
    Http2HeadersEncoder.SensitivityDetector secret = (name, value) -> name.length() % 5 == 0;
    DefaultHttp2HeadersEncoder netty =
        new DefaultHttp2HeadersEncoder(secret, true, 64, random.nextInt(20));
    for (int i = 0; i < 300; i++) {
      if (random.nextInt(20) == 0) {
        netty.configuration().maxHeaderTableSize(random.nextInt(4097));
      }
      List<Map.Entry<String, String>> fields = fields(random);
      Http2Headers headers = new DefaultHttp2Headers(false);
      fields.forEach(f -> headers.add(f.getKey(), f.getValue()));
      ByteBuf out = Unpooled.buffer();
      netty.encodeHeaders(1, headers, out);
      assertThat(decoder.decode(out, noted)).isFalse();
      assertThat(noted.fields).containsExactlyInAnyOrderElementsOf(lines(headers));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nettyReadsWhatWeWrite(long seed) throws Exception {
    Random random = new Random(seed);
    HpackEncoder ours = new HpackEncoder();
    DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, LARGE);
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(20) == 0) {
        for (int times = random.nextInt(3); times >= 0; times--) {
          int size = random.nextInt(5000);
          netty.configuration().maxHeaderTableSize(Math.min(size, HpackEncoder.MAX_TABLE));
          ours.tableSize(size);
        }
      }
      List<Map.Entry<String, String>> fields = fields(random);
      HeaderBlock block = new HeaderBlock();
      fields.forEach(f -> block.add(f.getKey(), f.getValue()));
      ours.begin();
      int status = 100 + random.nextInt(500);
      ours.status(status);
      for (int f = 0; f < block.count(); f++) {
        ours.field(block, f);
      }
      long length = random.nextLong(1L << random.nextInt(1, 62));
      ours.contentLength(length);
      ByteBuf in = Unpooled.wrappedBuffer(ours.octets(), 0, ours.length());
      List<String> expected = new ArrayList<>();
      expected.add(":status: " + status);
      fields.forEach(f -> expected.add(f.getKey() + ": " + f.getValue()));
      expected.add("content-length: " + length);
      assertThat(lines(netty.decodeHeaders(1, in))).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noRubbishIsMoreThanAnException(long seed) {
    Random random = new Random(seed);
    int lost = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] rubbish = new byte[random.nextInt(40)];
      random.nextBytes(rubbish);
      try {
        decoder.decode(Unpooled.wrappedBuffer(rubbish), noted);
      } catch (HpackException e) {
        lost++;
      }
    }
    assertThat(lost).isBetween(1000, 19_999);
  }

  @Test
  void whatComesAgainIsShortAndWhatDoesNotDrivesNothingOut() {
    HpackEncoder encoder = new HpackEncoder();
    String agent = "an agent with a name of some length ".repeat(4);
    int first = encoded(encoder, "user-agent", agent, "x-request-id", "0");
    encoded(encoder, "user-agent", agent, "x-request-id", "1");
    int again = encoded(encoder, "user-agent", agent, "x-request-id", "2");
    assertThat(first).isGreaterThan(agent.length());
    assertThat(again).isLessThan(30);
    for (int i = 0; i < 1000; i++) {
      String id = String.format(Locale.ROOT, "%036d", i);
      assertThat(encoded(encoder, "user-agent", agent, "x-request-id", id)).isLessThan(60);
    }
  }

  @Test
  void secretsAreNeverInTheTable() {
    HpackEncoder encoder = new HpackEncoder();
    for (String name : List.of("cookie", "authorization", "set-cookie", "proxy-authorization")) {
      for (int i = 0; i < 5; i++) {
        assertThat(encoded(encoder, name, "s3cr3t")).isGreaterThanOrEqualTo(8);
        assertThat(encoder.octets()[0] & 0xf0).isEqualTo(0x10);
      }
    }
  }

  @Test
  void norIsWhatMayStandInNone() {
    HpackEncoder encoder = new HpackEncoder();
    HeaderBlock block = new HeaderBlock();
    block.add("x-token", "s3cr3t");
    for (int i = 0; i < 3; i++) {
      encoder.begin();
      encoder.field(block, 0);
    }
    assertThat(encoder.octets()[0] & 0x80).as("the peer has it").isEqualTo(0x80);
    block.neverIndexLast();
    encoder.begin();
    encoder.field(block, 0);
    assertThat(encoder.octets()[0] & 0xf0).isEqualTo(0x10);
    assertThat(encoder.length()).isGreaterThanOrEqualTo("s3cr3t".length());
  }

  private static int encoded(HpackEncoder encoder, String... fields) {
    HeaderBlock block = new HeaderBlock();
    encoder.begin();
    for (int i = 0; i < fields.length; i += 2) {
      block.add(fields[i], fields[i + 1]);
      encoder.field(block, i / 2);
    }
    return encoder.length();
  }

  private static List<String> lines(Http2Headers headers) {
    List<String> lines = new ArrayList<>();
    headers.forEach(e -> lines.add(e.getKey() + ": " + e.getValue()));
    return lines;
  }

  /// Names and values of a small world, so that they come again, and some that do not.
  private static List<Map.Entry<String, String>> fields(Random random) {
    List<String> names =
        List.of(
            "user-agent",
            "x-a",
            "x-b",
            "x-trace-id",
            "accept",
            "cookie",
            "date",
            "x-c",
            "etag",
            "authorization",
            "via",
            "te",
            "x-very-long-name-that-nobody-would-choose");
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      String name = names.get(random.nextInt(names.size()));
      String value =
          switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> text(random, random.nextInt(200));
            case 2 -> text(random, random.nextInt(6000));
            default -> "v" + random.nextInt(3);
          };
      fields.add(Map.entry(name, value));
    }
    return fields;
  }

  /// Of all octets that may stand in a value.
  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int c = random.nextBoolean() ? 'a' + random.nextInt(26) : '!' + random.nextInt(223);
      text.append((char) (c == 0x7f ? '~' : c));
    }
    return text.toString();
  }
}
