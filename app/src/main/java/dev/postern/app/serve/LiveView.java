package dev.postern.app.serve;

import dev.postern.app.admin.AdminView;
import dev.postern.app.admin.ClusterView;
import dev.postern.app.control.ControlLoop;
import dev.postern.app.control.Snapshot;
import dev.postern.proxy.EmbeddedProxy;
import dev.postern.stats.StatStore;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// What the admin endpoint sees of a gateway that runs.
final class LiveView implements AdminView {
  private final Instant made = Instant.now();
  private final List<String> arguments;
  private final ControlLoop loop;
  private final Supplier<EmbeddedProxy> proxy;
  private final StatStore stats;
  private volatile State state = State.INITIALIZING;

  LiveView(
      List<String> arguments, ControlLoop loop, Supplier<EmbeddedProxy> proxy, StatStore stats) {
    this.proxy = proxy;
    this.arguments = arguments;
    this.loop = loop;
    this.stats = stats;
  }

  void enter(State state) {
    this.state = state;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Instant startTime() {
    return ProcessHandle.current().info().startInstant().orElse(made);
  }

  @Override
  public String version() {
    return Version.number();
  }

  @Override
  public List<String> arguments() {
    return arguments;
  }

  @Override
  public Snapshot snapshot() {
    return loop.snapshot();
  }

  @Override
  public StatStore stats() {
    return stats;
  }

  @Override
  public List<ClusterView> clusters() {
    return ClusterViews.of(proxy.get().clusters());
  }
}
