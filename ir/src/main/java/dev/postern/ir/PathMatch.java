package dev.postern.ir;

/// How a request's path, without its query, must look. Case counts.
public sealed interface PathMatch {
  /// The whole path, octet by octet.
  record Exact(String path) implements PathMatch {}

  /// Whole path elements: `/foo` takes `/foo` and `/foo/bar`, not `/foobar`. Written without a
  /// trailing slash, but for `/` itself.
  record Prefix(String path) implements PathMatch {}

  /// The whole path in RE2 syntax.
  record Regex(String re2) implements PathMatch {}
}
