package dev.postern.app.cli;

import java.net.InetSocketAddress;

/// An address to listen on.
///
/// @param host a name or an IP address, without brackets
/// @param port 0 for any that is free
record HostPort(String host, int port) {

  /// Reads `HOST:PORT`, `[v6]:PORT` and `:PORT`, which means 127.0.0.1.
  ///
  /// @throws CommandFailure for anything else
  static HostPort parse(String option, String text) {
    return parse(option, "127.0.0.1:19000 or [::1]:0", text);
  }

  /// The same with other examples for who writes anything else.
  static HostPort parse(String option, String examples, String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw wrong(option, examples, text);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw wrong(option, examples, text);
    }
    return new HostPort(host.isEmpty() ? "127.0.0.1" : host, port(option, examples, text, colon));
  }

  private static int port(String option, String examples, String text, int colon) {
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(option, examples, text);
  }

  private static CommandFailure wrong(String option, String examples, String text) {
    return CommandFailure.misused(
        option + " takes HOST:PORT, such as " + examples + ", not '" + text + "'");
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
