package dev.postern.proxy.http2;

import io.netty.buffer.ByteBuf;

/// Whom a [Http2Stream] belongs to: what happens on it is told to this.
public interface StreamOwner {

  /// A header section came; its fields are where HPACK laid them.
  ///
  /// @param end whether the peer ends its side with it
  /// @param tooLarge whether it is larger than it may be: not all of it is there
  void fields(boolean end, boolean tooLarge) throws Http2Exception;

  /// A part of a body came. Valid until the call returns, unless retained.
  ///
  /// @return how many octets of the peer's window to give back at once; the others later by
  ///   [Http2Session#giveBack]
  int body(ByteBuf data, boolean end);

  /// Whether the stream has only just begun and nothing was answered: a peer that gives it up now
  /// had no time to want it.
  default boolean premature() {
    return true;
  }

  /// The peer gave the stream up. [#closed] follows.
  void peerReset(long code);

  /// Our side has ended while the peer's goes on.
  void localEnded();

  /// The stream is no more, for whatever reason. Never from within a call that sends.
  void closed(int streamId);

  /// More may be written, after [Http2Session#writable] said no.
  void writabilityChanged();

  /// What was called here last threw this. The stream is to be reset.
  void fault(Throwable cause);
}
