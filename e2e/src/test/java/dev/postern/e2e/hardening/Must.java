package dev.postern.e2e.hardening;

/// What Postern must do with a request that two parties could read differently.
sealed interface Must {
  /// Answer so by itself and close; the backend hears nothing.
  record Refuse(int status) implements Must {}

  /// Close, as what is wrong comes behind a head that was good: the backend may have heard of the
  /// request, but never gets to its end.
  record CutOff() implements Must {}

  /// Answer by itself and go on: nothing is wrong with the request but where it wants to go.
  record Answer(int status) implements Must {}

  /// Pass it on as this, and go on.
  ///
  /// @param line method and target
  /// @param body octets of it
  record Forward(String line, int body) implements Must {}

  static Must refuse(int status) {
    return new Refuse(status);
  }

  static Must cutOff() {
    return new CutOff();
  }

  static Must answer(int status) {
    return new Answer(status);
  }

  static Must forward(String line, int body) {
    return new Forward(line, body);
  }
}
