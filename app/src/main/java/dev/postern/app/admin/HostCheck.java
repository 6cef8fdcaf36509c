package dev.postern.app.admin;

import io.netty.util.NetUtil;
import java.util.Locale;

/// Whether a request's Host names this machine and not a name that somebody's DNS may point at it.
///
/// A browser sends requests of any web page to `evil.example`, and that name may come to mean
/// 127.0.0.1 (DNS rebinding): the page could then read the answers. An IP address or `localhost` in
/// the Host field cannot be made by such a page.
final class HostCheck {
  private HostCheck() {}

  static boolean isThisMachine(String host) {
    String name = withoutPort(host).toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || NetUtil.isValidIpV4Address(name)
        || NetUtil.isValidIpV6Address(name);
  }

  private static String withoutPort(String host) {
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      return end < 0 ? "" : host.substring(1, end);
    }
    int colon = host.indexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }
}
