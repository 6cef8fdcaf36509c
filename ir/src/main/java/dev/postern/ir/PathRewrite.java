package dev.postern.ir;

/// How a request's path changes. The query stays.
public sealed interface PathRewrite {
  /// The path becomes this.
  record Full(String path) implements PathRewrite {}

  /// The part that [PathMatch.Prefix] matched becomes this, with exactly one slash between it and
  /// what follows.
  ///
  /// @param prefix as [PathMatch.Prefix] has it
  /// @param replacement may be empty or end in a slash
  record Prefix(String prefix, String replacement) implements PathRewrite {}
}
