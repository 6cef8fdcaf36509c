package dev.postern.app.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// Gives SLF4J its loggers. `POSTERN_LOG=debug` in the environment shows more; what Netty says
/// below WARN is for those who work on it, and stays away unless that is `trace`.
public final class StderrLogging implements SLF4JServiceProvider, ILoggerFactory {
  private static final String NETTY = "io.netty.";

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final Level level = level(System.getenv().getOrDefault("POSTERN_LOG", ""));

  /// For the service loader.
  public StderrLogging() {}

  static Level level(String text) {
    for (Level level : Level.values()) {
      if (level.name().equalsIgnoreCase(text)) {
        return level;
      }
    }
    return Level.INFO;
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(
        name,
        n ->
            new StderrLogger(
                n, n.startsWith(NETTY) && level != Level.TRACE ? Level.WARN : level, System.err));
  }

  @Override
  public void initialize() {}

  @Override
  public ILoggerFactory getLoggerFactory() {
    return this;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return new NOPMDCAdapter();
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }
}
