package dev.postern.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.SendBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A session against a peer that sends anything. Whatever comes, Postern has no fault, says the
/// same however its input is cut, and keeps nothing.
class SessionFuzzTest {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final int PART = 100;

  /// How a body begins in what is heard.
  private static final String BODY = Frame.DATA + ":";

  /// More than that could take time into account.
  private static final int MAX_FRAMES = 40;

  /// Answers each stream's request when it ends, and echoes what it sent.
  private static final class Server extends Http2Session {
    final List<Throwable> faults = new ArrayList<>();
    private final Set<Integer> resets = new HashSet<>();
    int open;

    Server(LocalSettings local, RequestFields fields) {
      super(local, fields, new SendBuffers(UnpooledByteBufAllocator.DEFAULT));
    }

    static Server make() {
      RequestHead head = new RequestHead();
      return new Server(
          new LocalSettings(true, MAX_FRAMES, 1000, 70_000, 2000),
          new RequestFields(20, () -> head));
    }

    @Override
    protected StreamOwner accept(Http2Stream stream) {
      open++;
      return new Echo(this, stream);
    }

    @Override
    protected void settings(PeerSettings settings) {}

    @Override
    protected void pingAnswered(long data) {}

    @Override
    protected void goAwayComes(int lastStreamId) {}

    @Override
    protected void windowOpened() {}

    @Override
    protected void sent(int octets) {}

    @Override
    protected void streamError(@Nullable Http2Stream stream, Http2Exception error) {
      boolean first = resets.add(error.streamId());
      if (stream != null) {
        reset(stream, error.error());
      } else if (first && error.error() != Http2Error.STREAM_CLOSED) {
        resetUnknown(error.streamId(), error.error());
      }
    }

    @Override
    protected void connectionError(Throwable cause, @Nullable Http2Exception error) {
      if (error == null) {
        faults.add(cause);
      }
      goAway(lastAccepted(), error == null ? Http2Error.INTERNAL_ERROR : error.error(), "");
      ended = true;
      flush();
      context().close();
    }
  }

  private record Echo(Server server, Http2Stream stream) implements StreamOwner {
    @Override
    public void fields(boolean end, boolean tooLarge) {
      ResponseHead head = new ResponseHead();
      head.status(tooLarge ? 431 : 200);
      server.head(stream, head, end && tooLarge);
      if (end) {
        HeaderBlock trailers = new HeaderBlock();
        trailers.add("a", "b");
        server.data(stream, Unpooled.buffer().writeZero(PART), false);
        server.trailers(stream, trailers);
      }
    }

    @Override
    public int body(ByteBuf data, boolean end) {
      int octets = data.readableBytes();
      server.data(stream, data.retain(), end);
      server.writable(stream);
      return stream.id() % 4 == 1 ? octets : 0;
    }

    @Override
    public void peerReset(long code) {}

    @Override
    public void localEnded() {
      server.resets.add(stream.id());
      server.reset(stream, Http2Error.NO_ERROR);
    }

    @Override
    public void closed(int streamId) {
      server.open--;
    }

    @Override
    public void writabilityChanged() {
      server.data(stream, Unpooled.buffer().writeZero(PART), false);
    }

    @Override
    public void fault(Throwable cause) {
      server.faults.add(cause);
    }
  }

  @FuzzTest
  void anyOctetsAreNoFault(byte[] octets) {
    String whole = said(octets, Math.max(1, octets.length));
    assertThat(said(octets, 1)).isEqualTo(whole);
    assertThat(said(octets, 7)).isEqualTo(whole);
  }

  @FuzzTest
  void anyFramesAreNoFault(FuzzedDataProvider data) {
    ByteBuf wire = Unpooled.buffer();
    for (int i = 0; i < MAX_FRAMES && data.remainingBytes() > 0; i++) {
      int type = data.consumeInt(0, 10);
      int flags = data.consumeInt(0, 63);
      int stream = data.consumeBoolean() ? 2 * data.consumeInt(0, 8) + 1 : data.consumeInt(0, 3);
      byte[] payload =
          type == Frame.HEADERS && data.consumeBoolean()
              ? request()
              : data.consumeBytes(data.consumeInt(0, 300));
      Frame.header(wire, payload.length, type, flags, stream);
      wire.writeBytes(payload);
    }
    byte[] octets = new byte[wire.readableBytes()];
    wire.readBytes(octets);
    String whole = said(octets, Math.max(1, octets.length));
    assertThat(said(octets, data.consumeInt(1, 70))).isEqualTo(whole);
  }

  /// `:method: GET`, `:scheme: http`, `:path: /`, `:authority: a`
  private static byte[] request() {
    return ByteBufUtil.decodeHexDump("828684410161");
  }

  /// What the peer hears, as [#heard] has it.
  private static String said(byte[] octets, int piece) {
    Server server = Server.make();
    EmbeddedChannel channel = new EmbeddedChannel(server);
    ByteBuf wire = Unpooled.wrappedBuffer(PREFACE, SETTINGS, octets);
    List<ByteBuf> given = new ArrayList<>();
    while (wire.isReadable() && channel.isOpen()) {
      ByteBuf part = wire.readBytes(Math.min(piece, wire.readableBytes()));
      given.add(part);
      channel.writeInbound(part);
    }
    boolean open = channel.isOpen();
    channel.finish();
    ByteBuf said = Unpooled.buffer();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      said.writeBytes(out);
      out.release();
    }
    assertThat(server.faults).isEmpty();
    assertThat(server.open).isZero();
    assertThat(server.activeStreams()).isZero();
    assertThat(given).allMatch(part -> part.refCnt() == 0);
    return (open ? "open " : "closed ") + heard(said);
  }

  /// What each stream is told, in order; the frames into which a body is cut do not count, nor when
  /// a window is given back. Of a stream with too much in its window no body: DATA that comes
  /// together is taken as a whole or not.
  private static String heard(ByteBuf frames) {
    Map<Integer, List<String>> streams = new TreeMap<>();
    Map<Integer, Integer> windows = new TreeMap<>();
    while (frames.isReadable()) {
      int length = frames.readUnsignedMedium();
      int type = frames.readUnsignedByte();
      int flags = frames.readUnsignedByte();
      int stream = frames.readInt();
      ByteBuf payload = frames.readSlice(length);
      if (type == Frame.WINDOW_UPDATE) {
        windows.merge(stream, payload.getInt(0), Integer::sum);
        continue;
      }
      List<String> told = streams.computeIfAbsent(stream, _ -> new ArrayList<>());
      boolean goesOn = type == Frame.DATA && !told.isEmpty() && told.getLast().startsWith(BODY);
      String before = goesOn ? told.removeLast() : type + ":";
      told.add(before + ByteBufUtil.hexDump(payload) + (flags == 0 ? "" : "/" + flags));
      if (type == Frame.RST_STREAM && payload.getInt(0) == Http2Error.FLOW_CONTROL_ERROR.code()) {
        told.removeIf(frame -> frame.startsWith(BODY));
        windows.remove(stream);
      }
    }
    return streams + " " + windows;
  }
}
