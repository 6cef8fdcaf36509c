package dev.postern.proxy.socket;

import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Errors;
import java.io.IOException;

/// A connection whose peer takes no more, but which is read to its end: a server that does not want
/// a request answers, closes, and has the connection reset by what it left unread. Its answer waits
/// to be read then (RFC 9112 9.5).
public final class LostOutput {
  private LostOutput() {}

  /// Has a channel go on reading when it cannot be written to any more, instead of closing. What is
  /// still written is dropped, and the channel is not writable. Its handlers are told by
  /// [io.netty.channel.socket.ChannelOutputShutdownEvent], without TLS after an exception.
  public static void readOnAfter(Channel channel) {
    channel.config().setAutoClose(false);
  }

  /// Whether an exception says no more than that.
  public static boolean is(Throwable cause) {
    return cause instanceof ChannelOutputShutdownException;
  }

  /// What went wrong, for logs.
  public static String reason(Throwable lost) {
    Throwable why = lost.getCause();
    return String.valueOf(why == null ? lost.getMessage() : why.getMessage());
  }

  /// Whether the peer had ended its side before, so that the end which is read then is its own.
  /// After a reset without that Linux tells who writes of it (ECONNRESET), and who reads next just
  /// of an end.
  public static boolean afterPeersEnd(Throwable lost) {
    return lost.getCause() instanceof Errors.NativeIoException why
        && why.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE;
  }

  /// Does what the channel does where it meets such an error itself.
  static void of(Channel channel, IOException why) {
    if (!channel.config().isAutoClose() && channel instanceof DuplexChannel duplex) {
      channel
          .pipeline()
          .fireExceptionCaught(new ChannelOutputShutdownException("Channel output shutdown", why));
      duplex.shutdownOutput(channel.unsafe().voidPromise());
    } else {
      channel.unsafe().close(channel.voidPromise());
      channel.pipeline().fireExceptionCaught(why);
    }
  }
}
