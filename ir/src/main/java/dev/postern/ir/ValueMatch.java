package dev.postern.ir;

/// How a header's or query parameter's value must look. Case counts.
public sealed interface ValueMatch {
  /// The whole value.
  record Exact(String value) implements ValueMatch {}

  /// The whole value in RE2 syntax.
  record Regex(String re2) implements ValueMatch {}
}
