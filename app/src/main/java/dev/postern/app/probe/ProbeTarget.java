package dev.postern.app.probe;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;

/// What to look at.
///
/// @param host a name or an IP address, without brackets
/// @param given the name that the backend is asked for by; absent for the host, if it is a name
/// @param patience how long to wait for one answer
public record ProbeTarget(String host, int port, Optional<String> given, Duration patience) {

  public boolean isAddress() {
    return isAddress(host);
  }

  private static boolean isAddress(String text) {
    return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
  }

  /// Sent in the TLS handshake; empty for none, as an address is not a server name (RFC 6066 3),
  /// nor is what no host may be called, such as a name with an underscore.
  public String serverName() {
    String name = asked();
    return isAddress(name) || !isServerName(name) ? "" : name;
  }

  /// The name by which it is asked for over HTTP alone; empty where TLS has it too.
  String nameWithoutTls() {
    String name = asked();
    return isAddress(name) || !serverName().isEmpty() ? "" : name;
  }

  private String asked() {
    return plain(given.orElse(host));
  }

  private static boolean isServerName(String name) {
    try {
      return !new SNIHostName(name).getAsciiName().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
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
