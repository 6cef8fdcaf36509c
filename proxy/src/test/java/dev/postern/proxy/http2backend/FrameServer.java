package dev.postern.proxy.http2backend;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// An HTTP/2 server that sends whatever frames it is told, by hand.
final class FrameServer implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  private static final int PREFACE = 24;

  /// What it does with a connection.
  interface Script {
    void run(Connection connection) throws IOException, InterruptedException;
  }

  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean endsStream() {
      return type <= HEADERS && (flags & END_STREAM) != 0;
    }

    int number(int at) {
      return (payload[at] & 0xff) << 24
          | (payload[at + 1] & 0xff) << 16
          | (payload[at + 2] & 0xff) << 8
          | (payload[at + 3] & 0xff);
    }
  }

  final AtomicInteger connections = new AtomicInteger();
  final List<Frame> seen = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  FrameServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  FrameServer(ServerSocket listener, Script script) {
    this.listener = listener;
    Thread.ofVirtual().start(() -> accept(script));
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                script.run(new Connection(socket, number));
              } catch (IOException | InterruptedException e) {
                // The proxy has had enough.
              }
            });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  long headersSeen() {
    return seen.stream().filter(f -> f.type() == HEADERS).count();
  }

  long resetsSeen(int code) {
    return seen.stream().filter(f -> f.type() == RST_STREAM && f.number(0) == code).count();
  }

  final class Connection {
    /// From 1.
    final int number;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private Connection(Socket socket, int number) throws IOException {
      this.number = number;
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
      in.readNBytes(PREFACE);
    }

    /// Sends settings and takes the proxy's.
    Connection hello(byte... settings) throws IOException {
      frame(SETTINGS, 0, 0, settings);
      frame(SETTINGS, ACK, 0);
      return this;
    }

    void raw(byte... octets) throws IOException {
      out.write(octets);
      out.flush();
    }

    void frame(int type, int flags, int stream, byte... payload) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      DataOutputStream to = new DataOutputStream(all);
      to.writeByte(payload.length >> 16);
      to.writeShort(payload.length);
      to.writeByte(type);
      to.writeByte(flags);
      to.writeInt(stream);
      to.write(payload);
      raw(all.toByteArray());
    }

    void headers(int stream, boolean end, String... fields) throws IOException {
      frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
    }

    void answer(int stream, String body) throws IOException {
      headers(stream, false, ":status", "200");
      frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.US_ASCII));
    }

    void reset(int stream, int code) throws IOException {
      frame(RST_STREAM, 0, stream, int32(code));
    }

    void goAway(int last, int code) throws IOException {
      frame(GOAWAY, 0, 0, int32(last, code));
    }

    Frame read() throws IOException {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      Frame frame = new Frame(type, flags, stream, payload);
      seen.add(frame);
      return frame;
    }

    /// The next frame of that type.
    Frame await(int type) throws IOException {
      Frame frame;
      do {
        frame = read();
      } while (frame.type() != type);
      return frame;
    }

    /// The next request's stream, once the request is complete.
    int request() throws IOException {
      Frame frame;
      do {
        frame = read();
      } while (!frame.endsStream());
      return frame.stream();
    }

    /// Reads until the proxy ends the connection.
    void rest() throws IOException {
      while (true) {
        read();
      }
    }

    long headersSeen() {
      return FrameServer.this.headersSeen();
    }

    /// Ends its own side, over TLS by a close_notify.
    void end() throws IOException {
      socket.shutdownOutput();
    }

    void close() throws IOException {
      socket.close();
    }

    /// Ends it by a TCP RST, as a host does that has forgotten the connection.
    void abort() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /// HPACK without any compression (RFC 7541 6.2.2).
  static byte[] block(String... fields) {
    return block(0, fields);
  }

  /// The same of fields that may stand in no table (RFC 7541 6.2.3).
  static byte[] secret(String... fields) {
    return block(0x10, fields);
  }

  private static byte[] block(int kind, String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      block.write(kind);
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

  static byte[] int32(int... numbers) {
    byte[] octets = new byte[numbers.length * 4];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (numbers[i / 4] >>> (24 - i % 4 * 8));
    }
    return octets;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
