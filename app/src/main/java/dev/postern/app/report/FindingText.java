package dev.postern.app.report;

import dev.postern.gatewayapi.resource.Finding;
import java.util.Comparator;
import java.util.Locale;

/// How findings are ordered and worded.
public final class FindingText {
  private FindingText() {}

  static final Comparator<Finding> WORST_FIRST =
      Comparator.comparing(Finding::severity)
          .thenComparing(finding -> file(finding.location().orElse("")))
          .thenComparingInt(finding -> line(finding.location().orElse("")))
          .thenComparing(Finding::field)
          .thenComparing(Finding::message);

  /// The object and the field that it is about, as far as they are known.
  public static String what(Finding finding) {
    String object = finding.object().map(Object::toString).orElse("");
    if (finding.field().isEmpty()) {
      return object;
    }
    return object.isEmpty() ? finding.field() : object + " " + finding.field();
  }

  /// As a mark.
  public static Mark mark(Finding finding) {
    return switch (finding.severity()) {
      case ERROR -> Mark.BAD;
      case WARNING -> Mark.WARNING;
      case NOTE -> Mark.NOTE;
    };
  }

  /// `error`, `warning` or `note`.
  public static String severity(Finding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT);
  }

  private static String file(String location) {
    int colon = location.lastIndexOf(':');
    return colon < 0 ? location : location.substring(0, colon);
  }

  private static int line(String location) {
    int colon = location.lastIndexOf(':');
    try {
      return colon < 0 ? 0 : Integer.parseInt(location.substring(colon + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
