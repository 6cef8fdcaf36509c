package dev.postern.proxy.udp;

import io.netty.channel.unix.Errors;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.util.List;

/// Whose fault it is when a socket to a backend fails.
final class SocketTrouble {
  /// What the system says when it lacks something itself: EAGAIN or EADDRINUSE where no port is
  /// left (ip(7)), ENOBUFS, ENOMEM, EMFILE and ENFILE. No exception of a connect has the number.
  private static final List<String> OWN =
      List.of(
          "Resource temporarily unavailable",
          "Address already in use",
          "No buffer space available",
          "Cannot allocate memory",
          "Out of memory",
          "Too many open files");

  private SocketTrouble() {}

  /// Whether nobody listens there, or there is no way to there.
  static boolean unreachable(Throwable cause) {
    return switch (cause) {
      case PortUnreachableException _, NoRouteToHostException _ -> true;
      case Errors.NativeIoException error ->
          error.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE
              || error.expectedErr() == Errors.ERROR_ENETUNREACH_NEGATIVE
              || error.expectedErr() == Errors.ERROR_EHOSTUNREACH_NEGATIVE;
      default -> false;
    };
  }

  /// Whether a connect failed for where it was to go. Nothing is sent for it, so the system's
  /// routes said so: also by EINVAL, EACCES (ip-route(8): blackhole, prohibit) or EADDRNOTAVAIL.
  /// What the system did not say at all, as that a loop is shut down, is nobody's fault.
  static boolean ofConnect(Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    return cause instanceof SocketException && OWN.stream().noneMatch(why::contains);
  }
}
