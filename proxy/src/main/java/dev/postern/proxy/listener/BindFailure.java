package dev.postern.proxy.listener;

import dev.postern.ir.Listener;

/// Why a socket could not be bound, and what to do.
///
/// @param message for a person
/// @param addressMissing whether this machine does not have the address
record BindFailure(String message, boolean addressMissing) {

  static BindFailure of(Listener listener, Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    boolean missing =
        reason.contains("assign requested address")
            || reason.contains("ddress family not supported");
    return new BindFailure(
        missing ? "this machine has no address " + listener.address() : words(listener, reason),
        missing);
  }

  private static String words(Listener listener, String reason) {
    String where = listener.address() + ":" + listener.port();
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
    return "cannot listen on " + where + ": " + reason;
  }
}
