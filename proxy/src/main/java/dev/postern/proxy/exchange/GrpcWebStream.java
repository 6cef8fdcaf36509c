package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A gRPC-Web client, to whom a gRPC response is told: the trailers are the last frame of the body,
/// and all of it is in Base64 where the client cannot take octets (gRPC's PROTOCOL-WEB).
final class GrpcWebStream implements ClientStream {
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] GRPC = Octets.ascii("application/grpc");
  private static final int TRAILERS = 0x80;
  private static final int QUANTUM = 4;

  private final ClientStream client;
  private final byte[] contentType;
  private final boolean text;
  private final byte[] quantum = new byte[QUANTUM];
  private int inQuantum;
  private boolean translating;

  GrpcWebStream(ClientStream client, byte[] contentType, boolean text) {
    this.client = client;
    this.contentType = contentType;
    this.text = text;
  }

  /// A part of the request's body as octets. Takes it over.
  ///
  /// @return null when it is no Base64
  @Nullable ByteBuf decoded(ByteBuf data, boolean end) {
    if (!text) {
      return data;
    }
    ByteBuf out = connection().worker().allocator().buffer(data.readableBytes());
    boolean good = true;
    try {
      while (data.isReadable() && good) {
        quantum[inQuantum++] = data.readByte();
        if (inQuantum == QUANTUM) {
          inQuantum = 0;
          // Each may be padded: clients encode frame by frame.
          out.writeBytes(Base64.getDecoder().decode(quantum));
        }
      }
      good = !end || inQuantum == 0;
    } catch (IllegalArgumentException e) {
      good = false;
    } finally {
      data.release();
    }
    if (!good) {
      out.release();
      return null;
    }
    return out;
  }

  @Override
  public void head(ResponseHead head, boolean end) {
    HeaderBlock headers = head.headers();
    int field = headers.find(HeaderName.CONTENT_TYPE, 0);
    translating = field >= 0 && GrpcCall.is(headers, field, GRPC);
    if (translating) {
      headers.removeAll(HeaderName.CONTENT_TYPE);
      headers.add(CONTENT_TYPE, contentType);
      head.contentLength(ResponseHead.UNKNOWN_LENGTH);
    }
    client.head(head, end);
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    if (!translating || !text || !data.isReadable()) {
      client.data(data, end);
      return;
    }
    ByteBuf encoded;
    try {
      ByteBuffer octets = Base64.getEncoder().encode(data.nioBuffer());
      encoded = connection().worker().allocator().buffer(octets.remaining());
      encoded.writeBytes(octets);
    } finally {
      data.release();
    }
    client.data(encoded, end);
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    if (!translating) {
      client.trailers(trailers);
      return;
    }
    ByteBuf frame = connection().worker().allocator().buffer(trailers.length() + 64);
    frame.writeByte(TRAILERS);
    frame.writeInt(0);
    byte[] bytes = trailers.bytes();
    for (int i = 0; i < trailers.count(); i++) {
      frame.writeBytes(bytes, trailers.nameOffset(i), trailers.nameLength(i));
      frame.writeByte(':');
      frame.writeBytes(bytes, trailers.valueOffset(i), trailers.valueLength(i));
      frame.writeByte('\r').writeByte('\n');
    }
    frame.setInt(1, frame.readableBytes() - 5);
    data(frame, true);
  }

  @Override
  public RequestHead request() {
    return client.request();
  }

  @Override
  public ClientConnection connection() {
    return client.connection();
  }

  @Override
  public String protocol() {
    return client.protocol();
  }

  @Override
  public void informational(ResponseHead head) {
    client.informational(head);
  }

  @Override
  public void switched(ResponseHead head) {
    client.switched(head);
  }

  @Override
  public void abort() {
    client.abort();
  }

  @Override
  public void flush() {
    client.flush();
  }

  @Override
  public boolean writable() {
    return client.writable();
  }

  @Override
  public void readBody(boolean wanted) {
    client.readBody(wanted);
  }
}
