package dev.postern.app.difftraffic;

import dev.postern.app.difftraffic.Answer.Response;
import dev.postern.app.difftraffic.RecordedRequest.Field;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Takes one response of HTTP/1.x out of what a peer sends, by Netty's decoder and within limits: a
/// head has 64 KiB, a body what the caller says. Interim responses (1xx but 101) are passed over.
final class ResponseReader {
  private static final int LONGEST_LINE = 16 << 10;
  private static final int LARGEST_HEAD = 64 << 10;
  private static final int PIECE = 16 << 10;
  private static final int MOST_INTERIM = 20;

  private final EmbeddedChannel decoder;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final List<Field> fields = new ArrayList<>();
  private final int bodyLimit;
  private int status;
  private int interim;
  private boolean ended;
  private boolean cut;

  private ResponseReader(boolean isHead, int bodyLimit) {
    this.bodyLimit = bodyLimit;
    this.decoder =
        new EmbeddedChannel(
            new HttpResponseDecoder(LONGEST_LINE, LARGEST_HEAD, PIECE) {
              @Override
              protected boolean isContentAlwaysEmpty(HttpMessage message) {
                return isHead || super.isContentAlwaysEmpty(message);
              }
            });
  }

  static Response read(InputStream in, boolean isHead, int bodyLimit) throws IOException {
    var reader = new ResponseReader(isHead, bodyLimit);
    try {
      reader.readAll(in);
    } finally {
      reader.decoder.finishAndReleaseAll();
    }
    return reader.response();
  }

  private void readAll(InputStream in) throws IOException {
    byte[] piece = new byte[PIECE];
    while (!ended && !cut) {
      int count = in.read(piece);
      if (count < 0) {
        decoder.finish();
      } else {
        decoder.writeInbound(Unpooled.copiedBuffer(piece, 0, count));
      }
      take();
      if (count < 0 && !ended) {
        throw new ProtocolException(
            status == 0 ? "it closed the connection" : "it closed the connection too early");
      }
    }
  }

  private void take() throws ProtocolException {
    for (Object read = decoder.readInbound(); read != null; read = decoder.readInbound()) {
      try {
        if (!ended) {
          take((HttpObject) read);
        }
      } finally {
        ReferenceCountUtil.release(read);
      }
    }
  }

  private void take(HttpObject read) throws ProtocolException {
    if (read.decoderResult().isFailure()) {
      throw new ProtocolException(
          "its answer is not HTTP/1.1: " + read.decoderResult().cause().getMessage());
    }
    if (read instanceof HttpResponse head) {
      status = head.status().code();
      fields.clear();
      head.headers().forEach(entry -> fields.add(new Field(entry.getKey(), entry.getValue())));
    }
    if (read instanceof HttpContent content) {
      int room = bodyLimit - body.size();
      int count = Math.min(room, content.content().readableBytes());
      cut |= content.content().readableBytes() > room;
      byte[] octets = new byte[count];
      content.content().readBytes(octets);
      body.writeBytes(octets);
    }
    if (read instanceof LastHttpContent) {
      boolean isInterim = status / 100 == 1 && status != 101;
      ended = !isInterim;
      if (isInterim && ++interim > MOST_INTERIM) {
        throw new ProtocolException("it sends interim responses without an end");
      }
    }
  }

  private Response response() throws IOException {
    var raw = new Response(status, List.copyOf(fields), body.toByteArray(), cut);
    boolean gzip = raw.values("content-encoding").equals(List.of("gzip"));
    return gzip && raw.body().length > 0 ? unzipped(raw) : raw;
  }

  /// As two gateways may compress the same body differently.
  private Response unzipped(Response raw) throws IOException {
    var plain = new ByteArrayOutputStream();
    try (var unzip = new GZIPInputStream(new ByteArrayInputStream(raw.body()))) {
      byte[] piece = new byte[PIECE];
      for (int count = unzip.read(piece); count >= 0; count = unzip.read(piece)) {
        plain.write(piece, 0, Math.min(count, bodyLimit - plain.size()));
        if (plain.size() == bodyLimit) {
          return new Response(raw.status(), raw.fields(), plain.toByteArray(), true);
        }
      }
    } catch (IOException e) {
      if (!raw.cut()) {
        throw new ProtocolException("its body is not the gzip that it says it is");
      }
    }
    return new Response(raw.status(), raw.fields(), plain.toByteArray(), raw.cut());
  }
}
