package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// Takes FastCGI requests, remembers them, and then sends whatever a test wants it to. Written from
/// the specification by hand: it shares nothing with the proxy.
final class ScriptedApplication implements AutoCloseable {
  /// What is sent once a request is complete.
  interface Answer {
    void to(Request request, OutputStream out) throws IOException;
  }

  /// @param flags of BEGIN_REQUEST
  record Request(int role, int flags, Map<String, String> params, byte[] stdin) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final ServerSocket server;

  ScriptedApplication(Answer answer) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
  }

  ScriptedApplication(ServerSocket server, Answer answer) {
    this.server = server;
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> serve(socket, answer));
            } catch (IOException closed) {
              return;
            }
          }
        });
  }

  private void serve(Socket socket, Answer answer) {
    try (socket) {
      Request request = read(socket.getInputStream());
      requests.add(request);
      answer.to(request, socket.getOutputStream());
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      // Until the gateway closes, as php-fpm does.
      var _ = socket.getInputStream().skip(Long.MAX_VALUE);
    } catch (IOException gone) {
      // The gateway does not want it any more.
    }
  }

  private static Request read(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    int role = 0;
    int flags = 0;
    ByteArrayOutputStream params = new ByteArrayOutputStream();
    ByteArrayOutputStream stdin = new ByteArrayOutputStream();
    while (true) {
      if (in.readUnsignedByte() != 1) {
        throw new IOException("version");
      }
      int type = in.readUnsignedByte();
      in.readUnsignedShort();
      int content = in.readUnsignedShort();
      int padding = in.readUnsignedByte();
      in.readUnsignedByte();
      byte[] octets = new byte[content];
      in.readFully(octets);
      in.readFully(new byte[padding]);
      switch (type) {
        case 1 -> {
          role = octets[1];
          flags = octets[2];
        }
        case 4 -> params.write(octets);
        case 5 -> {
          stdin.write(octets);
          if (content == 0) {
            return new Request(role, flags, pairs(params.toByteArray()), stdin.toByteArray());
          }
        }
        default -> throw new IOException("type " + type);
      }
    }
  }

  private static Map<String, String> pairs(byte[] octets) throws IOException {
    Map<String, String> pairs = new LinkedHashMap<>();
    int[] at = {0};
    while (at[0] < octets.length) {
      int name = length(octets, at);
      int value = length(octets, at);
      if (at[0] + name + value > octets.length) {
        throw new EOFException("a pair");
      }
      pairs.merge(
          new String(octets, at[0], name, ISO_8859_1),
          new String(octets, at[0] + name, value, ISO_8859_1),
          (a, b) -> a + " and " + b);
      at[0] += name + value;
    }
    return pairs;
  }

  private static int length(byte[] octets, int[] at) {
    int first = octets[at[0]++] & 0xff;
    if (first < 128) {
      return first;
    }
    int length = first & 0x7f;
    for (int i = 0; i < 3; i++) {
      length = length << 8 | (octets[at[0]++] & 0xff);
    }
    return length;
  }

  /// A record.
  static void record(OutputStream out, int type, String content) throws IOException {
    byte[] octets = content.getBytes(ISO_8859_1);
    out.write(new byte[] {1, (byte) type, 0, 1});
    out.write(new byte[] {(byte) (octets.length >> 8), (byte) octets.length, 0, 0});
    out.write(octets);
  }

  /// A response, and its end.
  static void respond(OutputStream out, String text) throws IOException {
    record(out, 6, text);
    record(out, 6, "");
    end(out, 0);
  }

  static void end(OutputStream out, int protocolStatus) throws IOException {
    record(out, 3, "\0\0\0\0" + (char) protocolStatus + "\0\0\0");
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
