package dev.postern.proxy.listener;

import dev.postern.ir.Listener;

/// Says why a socket could not be bound, and what to do.
final class BindFailure {
  private BindFailure() {}

  static String explain(Listener listener, Throwable cause) {
    String where = listener.address() + ":" + listener.port();
    String reason = String.valueOf(cause.getMessage());
    if (reason.contains("in use")) {
      return "the port is in use: another process listens on "
          + where
          + " already; `ss -l"
          + (listener.transport() == Listener.Transport.UDP ? "u" : "t")
          + "np 'sport = :"
          + listener.port()
          + "'` shows which";
    }
    if (reason.contains("ermission denied")) {
      return "no permission to listen on "
          + where
          + ": ports under 1024 need root or CAP_NET_BIND_SERVICE";
    }
    if (reason.contains("assign requested address")) {
      return "this machine has no address " + listener.address();
    }
    return "cannot listen on " + where + ": " + reason;
  }
}
