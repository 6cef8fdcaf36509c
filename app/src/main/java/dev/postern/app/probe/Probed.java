package dev.postern.app.probe;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/// What came of a probe. All text in it is fit to print.
public sealed interface Probed {

  /// There was no connection.
  record Unreachable(String why, String whatToDo) implements Probed {}

  /// There was one.
  ///
  /// @param address that took it
  /// @param banner what it said before it was asked; empty for nothing
  /// @param tls absent where it does not speak TLS
  /// @param secure what it speaks over TLS
  /// @param plain what it speaks in plaintext
  /// @param notes what somebody should know besides
  record Reached(
      InetSocketAddress address,
      String banner,
      Optional<TlsSeen> tls,
      Spoken secure,
      Spoken plain,
      List<String> notes)
      implements Probed {

    public Reached {
      notes = List.copyOf(notes);
    }

    /// Whether anything is known that a gateway could speak.
    public boolean isKnown() {
      return tls.isPresent() || plain.isAnything();
    }
  }
}
