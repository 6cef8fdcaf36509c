package dev.postern.proxy.downstream;

import io.netty.channel.Channel;

/// Whether a client takes anything of what is sent to it: its system takes octets, or it opens
/// windows.
final class Progress {
  private long last = System.nanoTime();
  private long room;

  /// A window was opened.
  void made(long nowNanos) {
    last = nowNanos;
  }

  /// Whether there was none for that long.
  ///
  /// @param limit in nanoseconds; 0 for ever
  boolean none(Channel channel, long nowNanos, long limit) {
    long now = channel.bytesBeforeUnwritable() - channel.bytesBeforeWritable();
    if (now != room) {
      room = now;
      last = nowNanos;
    }
    return limit > 0 && nowNanos - last > limit;
  }
}
