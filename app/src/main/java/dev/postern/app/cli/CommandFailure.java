package dev.postern.app.cli;

/// A command cannot go on, and the person who typed it can do something about it.
final class CommandFailure extends RuntimeException {
  static final int FAILED = 1;
  static final int MISUSED = 2;

  private static final long serialVersionUID = 1;

  private final int exitCode;
  private final boolean misuse;

  private CommandFailure(int exitCode, boolean misuse, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.misuse = misuse;
  }

  /// Something is wrong with the world.
  static CommandFailure failed(String message) {
    return new CommandFailure(FAILED, false, message);
  }

  /// It was asked wrongly.
  static CommandFailure misused(String message) {
    return new CommandFailure(MISUSED, true, message);
  }

  /// The same, for a command whose other exit codes mean something else.
  CommandFailure withExitCode(int other) {
    return new CommandFailure(other, misuse, String.valueOf(getMessage()));
  }

  /// Whether the command's help says how to ask.
  boolean isMisuse() {
    return misuse;
  }

  int exitCode() {
    return exitCode;
  }
}
