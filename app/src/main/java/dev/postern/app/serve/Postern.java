package dev.postern.app.serve;

import dev.postern.app.admin.AdminServer;
import dev.postern.app.admin.AdminView;
import dev.postern.app.control.ControlLoop;
import dev.postern.app.control.Snapshot;
import dev.postern.ir.DataPlane;
import dev.postern.provider.Provider;
import dev.postern.provider.directory.DirectoryProvider;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.proxy.ProxyOptions;
import dev.postern.stats.StatStore;
import java.io.IOException;
import java.net.InetSocketAddress;
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
  /// @param admin where the admin endpoint listens; port 0 for any free one
  /// @param arguments the command line, for the admin endpoint to show
  public record Options(
      List<Path> paths,
      int workers,
      Optional<Consumer<String>> accessLog,
      InetSocketAddress admin,
      List<String> arguments) {
    public Options {
      paths = List.copyOf(paths);
      arguments = List.copyOf(arguments);
    }
  }

  private final Provider provider;
  private final ControlLoop loop;
  private final DataPlane dataPlane;
  private final LiveView view;
  private final AdminServer admin;
  private final InetSocketAddress adminAddress;

  private Postern(
      Provider provider,
      ControlLoop loop,
      DataPlane dataPlane,
      LiveView view,
      AdminServer admin,
      InetSocketAddress adminAddress) {
    this.provider = provider;
    this.loop = loop;
    this.dataPlane = dataPlane;
    this.view = view;
    this.admin = admin;
    this.adminAddress = adminAddress;
  }

  /// Wires the stages in the order in which a change passes them, then lets the first one go. When
  /// this returns, what the folder said is served.
  ///
  /// The proxy and the admin endpoint are made while the folder is read: together they take as long
  /// as that does.
  ///
  /// @throws IOException with a message for a person, when the admin endpoint cannot listen
  public static Postern start(Options options, ControlLoop.Listener listener) throws IOException {
    var provider = new DirectoryProvider(options.paths());
    var stats = new StatStore(options.workers());
    var proxy = new Meanwhile<>("proxy-start", () -> proxy(options, stats));
    var loop = new ControlLoop(proxy, listener);
    var view = new LiveView(options.arguments(), loop, proxy, stats);
    var admin = new AdminServer(options.admin(), view);
    var adminAddress = new Meanwhile<>("admin-start", admin::start);
    try {
      provider.start(loop);
      var postern = new Postern(provider, loop, proxy.get(), view, admin, adminAddress.orThrow());
      view.enter(AdminView.State.LIVE);
      return postern;
    } catch (IOException | RuntimeException e) {
      provider.close();
      proxy.get().close();
      admin.close();
      throw e;
    }
  }

  private static EmbeddedProxy proxy(Options options, StatStore stats) {
    return new EmbeddedProxy(new ProxyOptions(options.workers(), options.accessLog()), stats);
  }

  /// What holds now.
  public Snapshot snapshot() {
    return loop.snapshot();
  }

  /// Where the admin endpoint listens.
  public InetSocketAddress adminAddress() {
    return adminAddress;
  }

  /// Stops listening and watching, finishes what is in flight, at the longest for `limit`. Returns
  /// whether all of it ended by itself.
  public boolean drain(Duration limit) {
    view.enter(AdminView.State.DRAINING);
    loop.stop();
    provider.close();
    return dataPlane.drain(limit);
  }

  /// Ends at once.
  @Override
  public void close() {
    loop.stop();
    provider.close();
    dataPlane.close();
    admin.close();
  }
}
