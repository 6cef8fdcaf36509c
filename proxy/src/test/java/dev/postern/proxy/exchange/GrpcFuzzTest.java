package dev.postern.proxy.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.message.UnaryCall;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Timeouts;
import dev.postern.proxy.worker.Workers;
import dev.postern.stats.StatStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Base64;

/// What of gRPC is read and written here, against peers that send anything.
class GrpcFuzzTest {
  private static final byte[] POST = Octets.ascii("POST");
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] WEB_TEXT = Octets.ascii("application/grpc-web-text");
  private static final Client CLIENT = new Client();

  /// Of a request's body: the same however it is cut, and what the JDK makes of each four letters.
  @FuzzTest
  void webTextIsDecodedHoweverItIsCut(byte[] text) {
    String expected = expected(text);
    for (int piece : new int[] {Math.max(1, text.length), 1, 3, 4, 7}) {
      assertThat(decoded(text, piece)).as("in pieces of %s", piece).isEqualTo(expected);
    }
  }

  private static String expected(byte[] text) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (text.length % 4 != 0) {
      return "refused";
    }
    try {
      for (int at = 0; at < text.length; at += 4) {
        all.writeBytes(Base64.getDecoder().decode(Arrays.copyOfRange(text, at, at + 4)));
      }
    } catch (IllegalArgumentException e) {
      return "refused";
    }
    return "good " + all.toString(ISO_8859_1);
  }

  private static String decoded(byte[] text, int piece) {
    GrpcWebStream web = new GrpcWebStream(CLIENT, WEB_TEXT, true);
    StringBuilder all = new StringBuilder("good ");
    for (int at = 0; at < text.length; at += piece) {
      ByteBuf in = Unpooled.copiedBuffer(text, at, Math.min(piece, text.length - at));
      ByteBuf out = web.decoded(in, at + piece >= text.length);
      assertThat(in.refCnt()).isZero();
      if (out == null) {
        return "refused";
      }
      all.append(out.toString(ISO_8859_1));
      out.release();
    }
    return all.toString();
  }

  /// Of a response: what a client of gRPC-Web decodes is the body, and one frame of trailers.
  @FuzzTest
  void webTextOfAResponseIsTheBodyAndItsTrailers(FuzzedDataProvider data) {
    Client client = new Client();
    GrpcWebStream web = new GrpcWebStream(client, WEB_TEXT, true);
    ResponseHead head = new ResponseHead();
    head.status(200);
    head.headers().add(CONTENT_TYPE, Octets.ascii("application/grpc+proto"));
    web.head(head, false);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int parts = data.consumeInt(0, 5); parts > 0; parts--) {
      byte[] part = data.consumeBytes(data.consumeInt(0, 200));
      body.writeBytes(part);
      web.data(Unpooled.copiedBuffer(part), false);
    }
    HeaderBlock trailers = new HeaderBlock();
    byte[] message = data.consumeRemainingAsBytes();
    GrpcStatus.add(trailers, 5, message);
    web.trailers(trailers);

    String got = expected(client.got.toByteArray()).substring("good ".length());
    assertThat(got).startsWith(body.toString(ISO_8859_1));
    ByteBuf frame = Unpooled.copiedBuffer(got.substring(body.size()), ISO_8859_1);
    assertThat(frame.readUnsignedByte()).isEqualTo((short) 0x80);
    assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
    assertThat(frame.toString(ISO_8859_1)).startsWith("grpc-status:5\r\n").endsWith("\r\n");
    assertThat(frame.toString(ISO_8859_1).lines().count()).isEqualTo(message.length > 0 ? 2 : 1);
  }

  /// Percent-encoding (gRPC over HTTP/2, Status-Message) and back, but for the end of a last line.
  @FuzzTest
  void aMessageOfAStatusIsWholeAndAField(byte[] message) {
    HeaderBlock fields = new HeaderBlock();
    GrpcStatus.add(fields, 13, message);
    assertThat(GrpcStatus.in(fields)).isEqualTo(13);
    int at = fields.find(GrpcStatus.MESSAGE, 0);
    assertThat(at < 0).isEqualTo(message.length == 0);
    if (at >= 0) {
      String value = fields.valueText(at);
      assertThat(value).matches("[ -~]*");
      ByteArrayOutputStream decoded = new ByteArrayOutputStream();
      for (int i = 0; i < value.length(); i++) {
        boolean encoded = value.charAt(i) == '%';
        decoded.write(
            encoded ? Integer.parseInt(value.substring(i + 1, i + 3), 16) : value.charAt(i));
        i += encoded ? 2 : 0;
      }
      boolean line = message[message.length - 1] == '\n';
      assertThat(decoded.toByteArray())
          .isEqualTo(line ? Arrays.copyOf(message, message.length - 1) : message);
    }
  }

  /// A status and a deadline of a peer.
  @FuzzTest
  void fieldsOfPeersAreReadOrPassedOver(byte[] value) {
    HeaderBlock fields = new HeaderBlock();
    fields.add(GrpcStatus.STATUS, value);
    assertThat(GrpcStatus.in(fields)).isGreaterThanOrEqualTo(GrpcStatus.NONE);
    assertThat(UnaryCall.problem(fields)).doesNotContain("\n").hasSizeLessThan(80);

    Client client = new Client();
    client.request.begin(POST, Octets.ascii("a.test"), Octets.ascii("/s/m"));
    client.request.headers().add(CONTENT_TYPE, Octets.ascii("application/grpc"));
    client.request.headers().add(Octets.ascii("grpc-timeout"), value);
    GrpcCall call = new GrpcCall();
    call.start(client, true);
    assertThat(call.is()).isTrue();
    boolean digits = new String(value, ISO_8859_1).matches("[0-9]{1,8}[HMSmun]");
    assertThat(call.late(-1)).isFalse();
    if (!digits) {
      assertThat(call.late(Long.MAX_VALUE)).isFalse();
    }
  }

  /// A client that keeps what it is told.
  private static final class Client implements ClientStream {
    private static final Workers WORKERS = new Workers(1, Timeouts.DEFAULT, Limits.DEFAULT);
    private static final ClientConnection CONNECTION =
        new ClientConnection(
            WORKERS.all().getFirst(),
            new StatStore(1).group("http.test", HttpStat.SCHEMA).worker(0),
            null,
            false,
            new InetSocketAddress(0),
            new InetSocketAddress(0));

    private final RequestHead request = new RequestHead();
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();

    @Override
    public RequestHead request() {
      return request;
    }

    @Override
    public ClientConnection connection() {
      return CONNECTION;
    }

    @Override
    public String protocol() {
      return "HTTP/2";
    }

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void switched(ResponseHead head) {}

    @Override
    public void head(ResponseHead head, boolean end) {}

    @Override
    public void data(ByteBuf data, boolean end) {
      got.writeBytes(data.toString(ISO_8859_1).getBytes(ISO_8859_1));
      data.release();
    }

    @Override
    public void trailers(HeaderBlock trailers) {}

    @Override
    public void abort() {}

    @Override
    public void flush() {}

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void readBody(boolean wanted) {}
  }
}
