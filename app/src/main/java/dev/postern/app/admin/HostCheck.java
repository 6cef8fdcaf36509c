package dev.postern.app.admin;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a request's Host names this machine and not a name that somebody's DNS may point at it.
///
/// A browser sends requests of any web page to `evil.example`, and that name may come to mean
/// 127.0.0.1 (DNS rebinding): the page could then read the answers. An IP address or `localhost` in
/// the Host field cannot be made by such a page.
final class HostCheck {
  private static final Pattern PARTS =
      Pattern.compile("(?:\\[(?<v6>[^]]*)]|(?<name>[^:@]*))(?::[0-9]*)?");

  private HostCheck() {}

  static boolean isThisMachine(String host) {
    Matcher parts = PARTS.matcher(host.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return false;
    }
    String name = parts.group("name");
    return name == null
        ? NetUtil.isValidIpV6Address(parts.group("v6"))
        : name.equals("localhost")
            || name.endsWith(".localhost")
            || NetUtil.isValidIpV4Address(name);
  }
}
