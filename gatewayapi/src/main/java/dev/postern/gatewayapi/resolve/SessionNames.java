package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.SessionPersistence;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which names a session's cookie or header may have. The definitions take any text.
final class SessionNames {
  private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

  /// Headers that HTTP itself, or the gateway, reads or writes.
  private static final Set<String> TAKEN =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "cookie",
          "date",
          "expect",
          "host",
          "keep-alive",
          "location",
          "proxy-connection",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private SessionNames() {}

  /// What is wrong; absent when nothing is.
  static Optional<String> problem(SessionPersistence session) {
    String name = session.name().orElse("postern");
    if (!name.chars().allMatch(SessionNames::isTokenChar)) {
      return Optional.of(
          "sessionPersistence.sessionName: \""
              + name
              + "\" is no name of a "
              + (session.header() ? "header" : "cookie")
              + "; use letters, digits, '-' and '_'");
    }
    if (session.header() && TAKEN.contains(name.toLowerCase(Locale.ROOT))) {
      return Optional.of(
          "sessionPersistence.sessionName: the header "
              + name
              + " has another meaning; use one of your own, such as x-session");
    }
    return Optional.empty();
  }

  private static boolean isTokenChar(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || TOKEN_SIGNS.indexOf(c) >= 0;
  }
}
