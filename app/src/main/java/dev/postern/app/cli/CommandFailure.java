package dev.postern.app.cli;

/// A command cannot go on, and the person who typed it can do something about it.
final class CommandFailure extends RuntimeException {
  static final int FAILED = 1;
  static final int MISUSED = 2;

  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /// Something is wrong with the world.
  static CommandFailure failed(String message) {
    return new CommandFailure(FAILED, message);
  }

  /// It was asked wrongly.
  static CommandFailure misused(String message) {
    return new CommandFailure(MISUSED, message);
  }

  /// The same, for a command whose other exit codes mean something else.
  CommandFailure withExitCode(int other) {
    return new CommandFailure(other, String.valueOf(getMessage()));
  }

  int exitCode() {
    return exitCode;
  }
}
