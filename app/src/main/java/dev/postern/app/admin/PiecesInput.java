package dev.postern.app.admin;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedInput;
import java.util.Iterator;

/// A body that is made while the client takes it.
final class PiecesInput implements ChunkedInput<HttpContent> {
  /// Characters to gather before they are sent.
  static final int ENOUGH = 32 * 1024;

  private final Iterator<String> pieces;
  private boolean ended;
  private long progress;

  PiecesInput(Iterator<String> pieces) {
    this.pieces = pieces;
  }

  /// The next pieces together; less than [#ENOUGH] only at the end.
  static String gather(Iterator<String> pieces) {
    StringBuilder text = new StringBuilder();
    while (text.length() < ENOUGH && pieces.hasNext()) {
      text.append(pieces.next());
    }
    return text.toString();
  }

  @Override
  public HttpContent readChunk(ByteBufAllocator allocator) {
    String text = gather(pieces);
    if (text.isEmpty()) {
      ended = true;
      return LastHttpContent.EMPTY_LAST_CONTENT;
    }
    progress += text.length();
    return new DefaultHttpContent(ByteBufUtil.writeUtf8(allocator, text));
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // Netty's own deprecation: nobody here calls it.
  public HttpContent readChunk(ChannelHandlerContext context) {
    return readChunk(context.alloc());
  }

  @Override
  public boolean isEndOfInput() {
    return ended;
  }

  @Override
  public void close() {}

  @Override
  public long length() {
    return -1;
  }

  @Override
  public long progress() {
    return progress;
  }
}
