package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;

/// What comes of a [Connection], in the order in which it comes.
public interface ConnectionListener {
  /// Octets came; the listener's from now on.
  void received(ByteBuf data);

  /// All that was there is read.
  void receivedAll();

  /// There is room again for what is to be sent.
  void becameWritable();

  /// The peer takes no more; what is still written is dropped. It may have answered before.
  ///
  /// @param reason for logs
  void outputLost(String reason);

  /// Something broke; the connection closes.
  void broken(Throwable cause);

  /// It is no more, whoever ended it.
  void closed();
}
