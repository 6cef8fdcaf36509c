package dev.postern.proxy.downstream;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// An HTTP/2 client that sends whatever frames it is told, by hand.
public final class FrameClient implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;
  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;
  public static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /// A frame that came. [#CLOSED] when the connection ended.
  public record Frame(int type, int flags, int stream, byte[] payload) {
    public static final Frame CLOSED = new Frame(-1, 0, 0, new byte[0]);

    /// The error code of a RST_STREAM.
    public int resetCode() {
      return number(0);
    }

    /// The error code of a GOAWAY.
    public int goAwayCode() {
      return number(4);
    }

    /// What a GOAWAY says besides.
    public String text() {
      return new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8);
    }

    public boolean endsStream() {
      return type <= HEADERS && (flags & END_STREAM) != 0;
    }

    private int number(int at) {
      return (payload[at] & 0xff) << 24
          | (payload[at + 1] & 0xff) << 16
          | (payload[at + 2] & 0xff) << 8
          | (payload[at + 3] & 0xff);
    }
  }

  private final DefaultHttp2HeadersDecoder fields = new DefaultHttp2HeadersDecoder();
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /// Connects and sends preface and settings.
  public FrameClient(int port, byte... settings) throws IOException {
    this(port);
    raw(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, settings);
    frame(SETTINGS, ACK, 0);
  }

  /// The same on a connection that is there.
  public FrameClient(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    raw(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0);
    frame(SETTINGS, ACK, 0);
  }

  private FrameClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /// Connects and sends nothing.
  static FrameClient silent(int port) throws IOException {
    return new FrameClient(port);
  }

  public void raw(byte... octets) throws IOException {
    out.write(octets);
    out.flush();
  }

  public void frame(int type, int flags, int stream, byte... payload) throws IOException {
    raw(octets(type, flags, stream, payload));
  }

  /// A frame, to be sent together with others.
  static byte[] octets(int type, int flags, int stream, byte... payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /// Sends a frame again and again until the server ends the connection or it was sent `times`.
  void flood(int times, IoAction frame) {
    try {
      for (int i = 0; i < times; i++) {
        frame.run(i);
      }
    } catch (IOException e) {
      // The server has had enough: what it said is read next.
    }
  }

  interface IoAction {
    void run(int i) throws IOException;
  }

  /// Sends a whole header block: names and values in turn.
  public void headers(int stream, boolean end, String... fields) throws IOException {
    frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
  }

  /// The fields of an extended CONNECT (RFC 8441 4), as [#headers] wants them.
  ///
  /// @param more further names and values
  public static String[] connect(String protocol, String... more) {
    String[] all = new String[12 + more.length];
    String[] first = {
      ":method",
      "CONNECT",
      ":protocol",
      protocol,
      ":scheme",
      "http",
      ":path",
      "/chat",
      ":authority",
      "test.example",
      "sec-websocket-version",
      "13"
    };
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  /// A plain GET.
  public void get(int stream) throws IOException {
    headers(stream, true, request("GET", "/"));
  }

  static String[] request(String method, String path, String... more) {
    String[] all = new String[8 + more.length];
    String[] first = {
      ":method", method, ":scheme", "http", ":path", path, ":authority", "test.example"
    };
    System.arraycopy(first, 0, all, 0, 8);
    System.arraycopy(more, 0, all, 8, more.length);
    return all;
  }

  /// HPACK without any compression (RFC 7541 6.2.2).
  static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      block.write(0);
      literal(block, fields[i]);
      literal(block, fields[i + 1]);
    }
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    if (octets.length < 127) {
      block.write(octets.length);
    } else {
      block.write(127);
      int rest = octets.length - 127;
      for (; rest >= 128; rest >>>= 7) {
        block.write(rest & 0x7f | 0x80);
      }
      block.write(rest);
    }
    block.writeBytes(octets);
  }

  public static byte[] int32(int... numbers) {
    byte[] octets = new byte[numbers.length * 4];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (numbers[i / 4] >>> (24 - i % 4 * 8));
    }
    return octets;
  }

  /// The next frame.
  public Frame read() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(type, flags, stream, payload);
    } catch (EOFException | SocketException e) {
      return Frame.CLOSED;
    }
  }

  /// The fields of the next HEADERS frame, which holds all of them.
  public Http2Headers head() throws Exception {
    Frame frame = await(HEADERS);
    return fields.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
  }

  /// The data up to the end of the stream.
  public String rest() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Frame frame;
    do {
      frame = await(DATA);
      all.writeBytes(frame.payload());
    } while (!frame.endsStream() && frame != Frame.CLOSED);
    return all.toString(StandardCharsets.US_ASCII);
  }

  /// The next frame of that type, or the end of the connection.
  public Frame await(int type) throws IOException {
    Frame frame;
    do {
      frame = read();
    } while (frame != Frame.CLOSED && frame.type() != type);
    return frame;
  }

  /// What ends that stream: END_STREAM, RST_STREAM or the end of the connection.
  public Frame awaitEnd(int stream) throws IOException {
    Frame frame;
    do {
      frame = read();
    } while (frame != Frame.CLOSED
        && !(frame.stream() == stream && (frame.endsStream() || frame.type() == RST_STREAM)));
    return frame;
  }

  /// Whatever comes, until a GOAWAY or the end; then everything up to the end.
  Frame awaitGoAway() throws IOException {
    return await(GOAWAY);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
