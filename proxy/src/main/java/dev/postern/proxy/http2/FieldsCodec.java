package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.function.Supplier;

/// HPACK (RFC 7541) of one connection, both ways. Fields are laid straight to where they belong;
/// checking them is [RequestFields]' and [ResponseFields]' work.
public final class FieldsCodec {
  private final Decoder decoder;
  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(SentFields::unique, true);

  /// @param maxOctets of one section
  /// @param next begins a section and takes its fields
  public FieldsCodec(int maxOctets, Supplier<Http2Headers> next) {
    this.decoder = new Decoder(maxOctets, next);
  }

  /// @return whether the section is larger than it may be: not all of it was laid
  boolean decode(int streamId, ByteBuf block) throws Http2Exception {
    try {
      decoder.decodeHeaders(streamId, block);
      return false;
    } catch (Http2Exception.HeaderListSizeException e) {
      return true;
    }
  }

  /// How large a block may be before it is decoded.
  long maxBlock() {
    return decoder.configuration().maxHeaderListSizeGoAway();
  }

  /// The peer's table takes so many octets.
  void headerTable(long octets) throws Http2Exception {
    encoder.configuration().maxHeaderTableSize(octets);
  }

  Http2HeadersEncoder encoder() {
    return encoder;
  }

  void close() {
    encoder.close();
  }

  private static final class Decoder extends DefaultHttp2HeadersDecoder {
    private final Supplier<Http2Headers> next;

    Decoder(int maxOctets, Supplier<Http2Headers> next) {
      super(false, maxOctets);
      this.next = next;
    }

    @Override
    protected Http2Headers newHeaders() {
      return next.get();
    }
  }
}
