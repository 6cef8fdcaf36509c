package dev.postern.app.difftraffic;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Set-Cookie (RFC 6265, 4.1) in the form in which two of them are compared: without Expires, which
/// moves with the clock, and without the value where it is a session's, which is another for each.
final class SetCookie {
  private static final Set<String> LASTING = Set.of("expires", "max-age");

  private SetCookie() {}

  static String comparable(String field) {
    String[] parts = field.split(";");
    String pair = parts[0].strip();
    String attributes =
        Arrays.stream(parts)
            .skip(1)
            .map(part -> part.strip().toLowerCase(Locale.ROOT))
            .map(part -> part.startsWith("expires") ? "expires" : part)
            .sorted()
            .collect(Collectors.joining("; "));
    boolean lasts =
        Arrays.stream(attributes.split("[;=]")).map(String::strip).anyMatch(LASTING::contains);
    return (lasts ? pair : name(field) + "=(any)")
        + (attributes.isEmpty() ? "" : "; " + attributes);
  }

  /// As it may be shown: the value is whoever's session that is.
  static String shown(String field) {
    int end = field.indexOf(';');
    return name(field) + "=(hidden)" + (end < 0 ? "" : field.substring(end));
  }

  private static String name(String field) {
    return field.split("[=;]", 2)[0].strip();
  }
}
