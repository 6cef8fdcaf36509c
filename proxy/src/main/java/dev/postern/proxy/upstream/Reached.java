package dev.postern.proxy.upstream;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/// A connection that was made to see that it can be. Nothing is spoken on it.
record Reached(Channel channel, String tlsVersion) implements BackendConnection, BackendStream {
  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public boolean hasRoom() {
    return channel.isActive();
  }

  @Override
  public BackendStream take(BackendListener listener, boolean reused) {
    return this;
  }

  @Override
  public void retire() {
    channel.close();
  }

  @Override
  public void head(RequestHead head, boolean end) {}

  @Override
  public void data(ByteBuf data, boolean end) {
    data.release();
  }

  @Override
  public void trailers(HeaderBlock trailers) {}

  @Override
  public void flush() {}

  @Override
  public boolean writable() {
    return false;
  }

  @Override
  public void readResponse(boolean wanted) {}

  @Override
  public void cancel() {
    channel.close();
  }

  @Override
  public String protocol() {
    return "-";
  }
}
