package dev.postern.app.admin;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A regular expression of the client, in RE2's syntax. Matching takes time in proportion to the
/// name and to the compiled expression; that it stays small is seen to here, as re2j does not bound
/// what counted repetitions multiply to: `((a{999}){999}){999}` would never be compiled.
final class NameFilter {
  private static final int MAX_LENGTH = 200;
  private static final int MAX_REPETITIONS = 100;
  private static final Pattern COUNTED = Pattern.compile("\\{([0-9]+)(?:,([0-9]*))?\\}");

  private NameFilter() {}

  /// Takes names in which the parameter's expression is found; all names without the parameter.
  static Predicate<String> found(Request request, String parameter) {
    Optional<Pattern> pattern = request.parameter(parameter).map(text -> compile(parameter, text));
    return pattern.<Predicate<String>>map(p -> name -> p.matcher(name).find()).orElse(_ -> true);
  }

  private static Pattern compile(String parameter, String text) {
    if (text.length() > MAX_LENGTH) {
      throw new Page.BadRequest(
          "?%s= may have up to %d characters.".formatted(parameter, MAX_LENGTH));
    }
    if (repetitions(text) > MAX_REPETITIONS) {
      throw new Page.BadRequest(
          "?%s= repeats too much: the numbers in braces may multiply to %d."
              .formatted(parameter, MAX_REPETITIONS));
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new Page.BadRequest(
          "?%s= is not a regular expression in RE2's syntax: %s."
              .formatted(parameter, e.getDescription()));
    }
  }

  /// All counts multiplied, as if each stood inside the next.
  private static long repetitions(String text) {
    Matcher matcher = COUNTED.matcher(text);
    long product = 1;
    while (matcher.find() && product <= MAX_REPETITIONS) {
      product *= Math.max(count(matcher.group(1)), count(matcher.group(2)));
    }
    return product;
  }

  /// At least 1; what has too many digits is as large as matters.
  private static long count(@Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return 1;
    }
    return digits.length() > 4 ? MAX_REPETITIONS + 1 : Math.max(1, Integer.parseInt(digits));
  }
}
