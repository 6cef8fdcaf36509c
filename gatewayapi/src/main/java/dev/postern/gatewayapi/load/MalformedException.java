package dev.postern.gatewayapi.load;

/// The text is not YAML, or not YAML that a manifest may hold. Never leaves the package.
final class MalformedException extends Exception {
  private final int line;

  MalformedException(int line, String message) {
    super(message, null, false, false);
    this.line = line;
  }

  int line() {
    return line;
  }

  String problem() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
