package dev.postern.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A backend on plain sockets that does after each request's head what the test tells it.
public final class WebSocketBackend implements AutoCloseable {
  /// The heads of the requests that came.
  public final List<String> heads = new CopyOnWriteArrayList<>();

  public final AtomicInteger connections = new AtomicInteger();
  private final ServerSocket server;

  /// What follows a head.
  public interface Session {
    /// Returns to wait for the next request on the same connection, throws to close it.
    void run(String head, Socket socket) throws IOException;
  }

  public WebSocketBackend(Session session) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), session);
  }

  public WebSocketBackend(ServerSocket server, Session session) {
    this.server = server;
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket socket = server.accept();
              connections.incrementAndGet();
              Thread.ofVirtual().start(() -> serve(socket, session));
            }
          } catch (IOException e) {
            // closed
          }
        });
  }

  private void serve(Socket socket, Session session) {
    try (socket) {
      while (true) {
        String head = head(socket.getInputStream());
        heads.add(head);
        session.run(head, socket);
      }
    } catch (IOException e) {
      // the other side of the story is what is tested
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /// Reads up to an empty line.
  public static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("in a head: " + head.toString(StandardCharsets.ISO_8859_1));
      }
      head.write(octet);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /// How many octets come until the end, also if that is a reset.
  public static long rest(InputStream in) {
    long octets = 0;
    try {
      while (in.read() >= 0) {
        octets++;
      }
    } catch (IOException reset) {
      // So a response that is cut off may end.
    }
    return octets;
  }

  /// RFC 6455 4.2.2.
  public static String switching(String head) {
    Matcher key = Pattern.compile("(?im)^sec-websocket-key: *(\\S+)").matcher(head);
    String asked = key.find() ? key.group(1) : "none";
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (asked + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII));
      return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + Base64.getEncoder().encodeToString(digest)
          + "\r\n\r\n";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Switches and sends every octet back, up to and with the end.
  public static void echoOctets(String head, Socket socket) throws IOException {
    send(socket, switching(head));
    socket.getInputStream().transferTo(socket.getOutputStream());
    throw new EOFException();
  }

  /// Switches and sends every frame back, as RFC 6455 has it: a Close too, and then it ends.
  public static void echoFrames(String head, Socket socket) throws IOException {
    send(socket, switching(head));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    while (true) {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte() & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes((int) length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      int opcode = first & 0xf;
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(opcode == 9 ? 0x8a : first);
      if (payload.length < 126) {
        frame.write(payload.length);
      } else if (payload.length < 65_536) {
        frame.write(126);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
      } else {
        frame.write(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) payload.length >> shift));
        }
      }
      frame.write(payload);
      out.write(frame.toByteArray());
      if (opcode == 8) {
        throw new EOFException();
      }
    }
  }

  public static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
