package dev.postern.proxy.socket;

/// A connection as who speaks on it sees it, whatever carries it. What comes of it is told to its
/// [ConnectionListener]. On its loop alone.
public interface Connection {
  /// Whether it can be spoken on.
  boolean isActive();

  /// Tells that listener, from now on.
  void listener(ConnectionListener listener);

  /// Where to write; an error there ends what can be said, not what can be heard.
  Outlet outlet();

  /// Whether more may be written; told by [ConnectionListener#becameWritable] when it may again.
  boolean isWritable();

  /// Stops or resumes to read.
  void read(boolean wanted);

  /// Ends it. What was not sent is lost.
  void close();
}
