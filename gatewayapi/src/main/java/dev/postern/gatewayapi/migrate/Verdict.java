package dev.postern.gatewayapi.migrate;

/// What became of one thing that an Ingress said.
public sealed interface Verdict {

  /// Requests are answered as before.
  ///
  /// @param became what it is now, or why there is nothing to do
  record Same(String became) implements Verdict {}

  /// It is converted, and a person should know what is different now.
  record Different(String how) implements Verdict {}

  /// It is lost.
  record NotPossible(String why, String whatToDo) implements Verdict {}

  /// More is worse.
  default int weight() {
    return switch (this) {
      case Same _ -> 0;
      case Different _ -> 1;
      case NotPossible _ -> 2;
    };
  }
}
