package dev.postern.app.probe;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What to look at.
///
/// @param host a name or an IP address, without brackets
/// @param given the name that the backend is asked for by; absent for the host, if it is a name
/// @param patience how long to wait for one answer
public record ProbeTarget(String host, int port, Optional<String> given, Duration patience) {

  public boolean isAddress() {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  /// Sent in the TLS handshake; empty for none, as an address is not a server name (RFC 6066 3).
  public String serverName() {
    return plain(given.orElse(isAddress() ? "" : host));
  }

  /// The host in lower case, without a dot at its end.
  String hostName() {
    return plain(host);
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
  }

  /// What stands in `Host` and `:authority`.
  String authority() {
    return given.orElse(toString());
  }

  /// As a person writes it.
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
