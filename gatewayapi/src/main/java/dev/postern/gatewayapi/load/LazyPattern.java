package dev.postern.gatewayapi.load;

import com.google.re2j.Pattern;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A regular expression that is compiled when it is first asked, as most folders never ask.
final class LazyPattern implements Predicate<String> {
  private final String expression;
  private volatile @Nullable Pattern compiled;

  LazyPattern(String expression) {
    this.expression = expression;
  }

  @Override
  public boolean test(String text) {
    Pattern pattern = compiled;
    if (pattern == null) {
      pattern = Pattern.compile(expression);
      compiled = pattern;
    }
    return pattern.matcher(text).find();
  }
}
