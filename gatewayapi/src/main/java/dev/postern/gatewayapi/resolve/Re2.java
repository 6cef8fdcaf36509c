package dev.postern.gatewayapi.resolve;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// Regular expressions of users: RE2's syntax, matched in time proportional to the text.
///
/// RE2 refuses counted repetitions that multiply to more than 1000, for example `(a{50}){50}`; re2j
/// does not, and would compile them until the memory ends. What is large without them is refused
/// too: each octet of a request costs up to the size of the program, and re2j recurses through it.
public final class Re2 {
  /// The most instructions that an expression of a route may compile to. A path of 1024 characters
  /// and a header of 4096 as the Gateway API allows them fit where they are plain text.
  public static final int MAX_INSTRUCTIONS = 5_000;

  private Re2() {}

  /// Throws where the expression is not in RE2's syntax or compiles to more than
  /// [#MAX_INSTRUCTIONS]; the exception's description says which.
  public static Pattern compile(String expression) throws PatternSyntaxException {
    return compile(expression, MAX_INSTRUCTIONS);
  }

  /// The same with another limit.
  public static Pattern compile(String expression, int maxInstructions)
      throws PatternSyntaxException {
    Re2Size size = Re2Size.of(expression);
    if (size.repetitions() > Re2Size.MAX_REPETITIONS) {
      throw new PatternSyntaxException(
          "counted repetitions inside each other multiply to more than " + Re2Size.MAX_REPETITIONS,
          expression);
    }
    if (size.instructions() > maxInstructions) {
      throw new PatternSyntaxException(
          "it is too large: about %d instructions where %d are allowed; repeat less"
              .formatted(size.instructions(), maxInstructions),
          expression);
    }
    return Pattern.compile(expression);
  }
}
