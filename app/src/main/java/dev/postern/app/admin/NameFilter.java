package dev.postern.app.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.postern.gatewayapi.resolve.Re2;
import java.util.Optional;
import java.util.function.Predicate;

/// A regular expression of the client, in RE2's syntax. Matching takes time in proportion to the
/// name and to the compiled expression, so that has to stay small.
final class NameFilter {
  private static final int MAX_LENGTH = 200;
  private static final int MAX_INSTRUCTIONS = 500;

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
    try {
      return Re2.compile(text, MAX_INSTRUCTIONS);
    } catch (PatternSyntaxException e) {
      throw new Page.BadRequest(
          "?%s= is not a regular expression that is taken here: %s."
              .formatted(parameter, e.getDescription()));
    }
  }
}
