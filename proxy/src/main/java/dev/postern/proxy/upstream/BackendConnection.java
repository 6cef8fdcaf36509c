package dev.postern.proxy.upstream;

/// A connection to an endpoint, whatever is spoken on it. On its loop alone.
///
/// A new one is put into the pool by who opened it. From then on it keeps to the pool by itself:
/// one that serves a request at a time offers itself after each, and any withdraws when it ends.
public interface BackendConnection {

  /// Whether it takes several requests at a time. It is then in the pool for as long as it lives,
  /// else only while no request has it.
  boolean shared();

  /// Whether a request may be sent on it now.
  boolean hasRoom();

  /// Whether it is known how many requests it takes. If not, who opened it hears of that later, by
  /// [BackendChannel#settled], or that it is lost.
  default boolean settled() {
    return true;
  }

  /// Whether nobody should wait for it to take more.
  default boolean failing() {
    return false;
  }

  /// Of one for several requests: whether none is under way, nor waits for it.
  default boolean unused() {
    return false;
  }

  /// Gives it, or a part of it, to a request. Only if it [#hasRoom].
  ///
  /// @param reused whether it was used before
  BackendStream take(BackendListener listener, boolean reused);

  /// No request takes it any more: it closes as soon as none is under way.
  void retire();
}
