package dev.postern.app.log;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// One line per call: time, level, the class's short name, message; a stack trace below for a
/// fault.
final class StderrLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1;

  private final transient PrintStream out;
  private final Level level;
  private final String shortName;

  StderrLogger(String name, Level level, PrintStream out) {
    this.name = name;
    this.level = level;
    this.out = out;
    this.shortName = name.substring(name.lastIndexOf('.') + 1);
  }

  private boolean isEnabled(Level asked) {
    return asked.toInt() >= level.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return isEnabled(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isEnabled(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isEnabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isEnabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isEnabled(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level asked,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable fault) {
    var line = new StringBuilder();
    line.append(Instant.now().truncatedTo(ChronoUnit.MILLIS)).append(' ').append(asked).append(' ');
    line.append(shortName).append(": ");
    line.append(MessageFormatter.basicArrayFormat(message, arguments)).append('\n');
    if (fault != null) {
      var trace = new StringWriter();
      fault.printStackTrace(new PrintWriter(trace, true));
      line.append(trace);
    }
    out.print(line);
    out.flush();
  }
}
