package dev.postern.app.serve;

import dev.postern.app.control.ControlLoop;
import dev.postern.app.control.Snapshot;
import dev.postern.gatewayapi.Translator;
import dev.postern.ir.DataPlane;
import dev.postern.provider.Provider;
import dev.postern.provider.directory.DirectoryProvider;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.ProxyOptions;
import dev.postern.stats.StatStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A gateway that runs.
public final class Postern implements AutoCloseable {

  /// How it runs.
  ///
  /// @param paths files, and folders with all below them
  /// @param workers event loops, 1 or more
  /// @param accessLog takes a line per request, at once and without failing
  public record Options(List<Path> paths, int workers, Optional<Consumer<String>> accessLog) {
    public Options {
      paths = List.copyOf(paths);
    }
  }

  private final Provider provider;
  private final ControlLoop loop;
  private final DataPlane dataPlane;

  private Postern(Provider provider, ControlLoop loop, DataPlane dataPlane) {
    this.provider = provider;
    this.loop = loop;
    this.dataPlane = dataPlane;
  }

  /// Wires the stages, in the order in which a change passes them, and starts them from the end.
  /// When this returns, what the folder said is served.
  public static Postern start(Options options, ControlLoop.Listener listener) {
    Provider provider = new DirectoryProvider(options.paths());
    var translator = new Translator();
    var stats = new StatStore(options.workers());
    DataPlane dataPlane =
        new EmbeddedProxy(new ProxyOptions(options.workers(), options.accessLog()), stats);
    var loop = new ControlLoop(translator, dataPlane, listener);
    provider.start(loop);
    return new Postern(provider, loop, dataPlane);
  }

  /// What holds now.
  public Snapshot snapshot() {
    return loop.snapshot();
  }

  /// Stops listening and watching, finishes what is in flight, at the longest for `limit`. Returns
  /// whether all of it ended by itself.
  public boolean drain(Duration limit) {
    provider.close();
    return dataPlane.drain(limit);
  }

  /// Ends at once.
  @Override
  public void close() {
    provider.close();
    dataPlane.close();
  }
}
