package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;

/// Writes heads. It gathers a head in an array of its own and copies it over once; one instance
/// serves one event loop.
public final class HeadWriter {
  private static final byte[] HOST = Octets.ascii("\r\nhost: ");
  private static final byte[] VERSION = Octets.ascii(" HTTP/1.1");
  private static final byte[] CRLF = Octets.ascii("\r\n");
  private static final byte[] CONTENT_LENGTH = Octets.ascii("content-length: ");
  private static final byte[] CHUNKED = Octets.ascii("transfer-encoding: chunked\r\n");
  private static final byte[] CLOSE = Octets.ascii("connection: close\r\n");
  private static final byte[] WEBSOCKET =
      Octets.ascii("connection: upgrade\r\nupgrade: websocket\r\n");
  private static final byte[] KEEP_ALIVE = Octets.ascii("connection: keep-alive\r\n");
  private static final byte[][] STATUS_LINES = new byte[1000][];
  private static final byte[] HEX = Octets.ascii("0123456789abcdef");

  /// Room for everything that a head has beside its arena's content.
  private static final int SLACK = 256;

  private byte[] scratch = new byte[4096];
  private int at;

  /// How a response's end is told to an HTTP/1.x client.
  public enum Framing {
    /// By Content-Length, if there is one; else there is no body.
    LENGTH,
    CHUNKED,
    /// By closing the connection.
    CLOSE
  }

  /// What to say about the connection.
  public enum Persistence {
    /// Nothing: it stays, as HTTP/1.1 has it.
    IMPLIED,
    CLOSE,
    /// For HTTP/1.0.
    KEEP_ALIVE,
    /// From here on it is a WebSocket.
    WEBSOCKET;

    /// Of a response.
    ///
    /// @param stays whether the connection does
    public static Persistence of(boolean stays, boolean http10) {
      if (!stays) {
        return CLOSE;
      }
      return http10 ? KEEP_ALIVE : IMPLIED;
    }
  }

  /// Writes a request head; the body is framed by its length, or in chunks.
  public void request(RequestHead head, ByteBuf out) {
    begin(head.headers());
    byte[] bytes = head.bytes();
    put(bytes, head.methodOffset(), head.methodLength());
    scratch[at++] = ' ';
    put(bytes, head.pathOffset(), head.pathLength() + head.queryLength());
    put(VERSION);
    put(HOST);
    put(bytes, head.authorityOffset(), head.authorityLength());
    put(CRLF);
    fields(head.headers());
    if (head.contentLength() >= 0) {
      contentLength(head.contentLength());
    } else if (head.chunked()) {
      put(CHUNKED);
    }
    if (head.websocket()) {
      put(WEBSOCKET);
    }
    put(CRLF);
    out.writeBytes(scratch, 0, at);
  }

  /// Writes a response head.
  public void response(ResponseHead head, Framing framing, Persistence persistence, ByteBuf out) {
    begin(head.headers());
    put(statusLine(head.status()));
    fields(head.headers());
    if (framing == Framing.CHUNKED) {
      put(CHUNKED);
    } else if (head.contentLength() >= 0) {
      contentLength(head.contentLength());
    }
    switch (persistence) {
      case IMPLIED -> {}
      case CLOSE -> put(CLOSE);
      case KEEP_ALIVE -> put(KEEP_ALIVE);
      case WEBSOCKET -> put(WEBSOCKET);
    }
    put(CRLF);
    out.writeBytes(scratch, 0, at);
  }

  /// Writes the line in front of a chunk of that many octets, more than 0.
  public static void chunkStart(ByteBuf out, int octets) {
    int shift = 28;
    while (shift > 0 && (octets >>> shift & 0xf) == 0) {
      shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
      out.writeByte(HEX[octets >>> shift & 0xf]);
    }
    out.writeByte('\r').writeByte('\n');
  }

  /// Writes what ends a chunk.
  public static void chunkEnd(ByteBuf out) {
    out.writeByte('\r').writeByte('\n');
  }

  /// Writes the last chunk and an empty trailer section.
  public static void lastChunk(ByteBuf out) {
    out.writeByte('0').writeByte('\r').writeByte('\n').writeByte('\r').writeByte('\n');
  }

  /// Writes the last chunk and a trailer section.
  public void lastChunk(HeaderBlock trailers, ByteBuf out) {
    begin(trailers);
    scratch[at++] = '0';
    put(CRLF);
    fields(trailers);
    put(CRLF);
    out.writeBytes(scratch, 0, at);
  }

  private void begin(HeaderBlock block) {
    // Each field takes its octets and four more; the arena has had room for all of them.
    int room = block.length() + block.count() * 4 + SLACK;
    if (scratch.length < room) {
      scratch = new byte[room];
    }
    at = 0;
  }

  private void fields(HeaderBlock block) {
    byte[] from = block.bytes();
    byte[] to = scratch;
    int p = at;
    for (int i = 0; i < block.count(); i++) {
      int nameLength = block.nameLength(i);
      System.arraycopy(from, block.nameOffset(i), to, p, nameLength);
      p += nameLength;
      to[p++] = ':';
      to[p++] = ' ';
      int valueLength = block.valueLength(i);
      System.arraycopy(from, block.valueOffset(i), to, p, valueLength);
      p += valueLength;
      to[p++] = '\r';
      to[p++] = '\n';
    }
    at = p;
  }

  private void contentLength(long octets) {
    put(CONTENT_LENGTH);
    at = Octets.writeDecimal(scratch, at, octets);
    put(CRLF);
  }

  private void put(byte[] octets) {
    put(octets, 0, octets.length);
  }

  private void put(byte[] octets, int offset, int length) {
    System.arraycopy(octets, offset, scratch, at, length);
    at += length;
  }

  private static byte[] statusLine(int status) {
    byte[] line = STATUS_LINES[status];
    if (line == null) {
      String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
      line = Octets.ascii("HTTP/1.1 " + status + " " + reason + "\r\n");
      STATUS_LINES[status] = line;
    }
    return line;
  }
}
