package dev.postern.app.difftraffic;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a gateway listens.
///
/// @param host a name or an address, without brackets
public record Gateway(boolean tls, String host, int port) {
  private static final Pattern URL =
      Pattern.compile(
          "(?i)(https?)://(?:\\[([0-9a-f:.]+)\\]|([a-z0-9._-]{1,253}))(?::([0-9]{1,5}))?/?");

  /// Absent for what is not just a scheme, a host and perhaps a port.
  public static Optional<Gateway> of(String url) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean tls = matcher.group(1).equalsIgnoreCase("https");
    String host = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
    int port =
        matcher.group(4) == null ? standardPort(tls) : Integer.parseInt(matcher.group(4), 10);
    return port < 1 || port > 65_535 ? Optional.empty() : Optional.of(new Gateway(tls, host, port));
  }

  private static int standardPort(boolean tls) {
    return tls ? 443 : 80;
  }

  /// As a client would write it into Host.
  public String authority() {
    String bare = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == standardPort(tls) ? bare : bare + ":" + port;
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority();
  }
}
