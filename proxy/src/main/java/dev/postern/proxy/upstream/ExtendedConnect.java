package dev.postern.proxy.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Whether the backend of an HTTP/2 connection takes WebSockets (RFC 8441 3): it may be asked for
/// one only after its SETTINGS said so. Requests for one wait until then.
final class ExtendedConnect {
  private final List<Http2BackendStream> waiting = new ArrayList<>(0);
  private boolean known;
  private boolean enabled;

  /// The backend's SETTINGS came.
  ///
  /// @param said what they say of it; null for nothing
  void settings(@Nullable Boolean said) {
    known = true;
    if (said != null) {
      enabled = said;
    }
    drain(Http2BackendStream::mayConnect);
  }

  /// Whether the SETTINGS came.
  boolean known() {
    return known;
  }

  /// Whether it said that it does.
  boolean enabled() {
    return enabled;
  }

  /// A request cannot be sent before the SETTINGS are here.
  void await(Http2BackendStream stream) {
    waiting.add(stream);
  }

  void forget(Http2BackendStream stream) {
    waiting.remove(stream);
  }

  /// The connection is no more.
  void end(Http2BackendConnection connection) {
    drain(stream -> connection.tellWhyClosed(stream, 0));
  }

  private void drain(Consumer<Http2BackendStream> with) {
    List<Http2BackendStream> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(with);
  }
}
