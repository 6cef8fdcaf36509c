package dev.postern.app.cli;

/// A command cannot go on, and the person who typed it can do something about it.
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /// Something is wrong with the world.
  static CommandFailure failed(String message) {
    return new CommandFailure(1, message);
  }

  /// It was asked wrongly.
  static CommandFailure misused(String message) {
    return new CommandFailure(2, message);
  }

  int exitCode() {
    return exitCode;
  }
}
