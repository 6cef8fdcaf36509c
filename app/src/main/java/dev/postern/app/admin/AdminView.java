package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import dev.postern.stats.StatStore;
import java.time.Instant;
import java.util.List;

/// What the admin endpoint shows. Called from its own thread at any time; every answer is at once
/// and does not change afterwards, the stats excepted.
public interface AdminView {

  /// How far the process is, in Envoy's words.
  enum State {
    /// Started, nothing read yet.
    PRE_INITIALIZING,
    /// Reading the configuration for the first time.
    INITIALIZING,
    /// Serves.
    LIVE,
    /// Takes nothing new and ends soon.
    DRAINING
  }

  State state();

  /// When the process started.
  Instant startTime();

  /// Of the program.
  String version();

  /// The command line without the program's name.
  List<String> arguments();

  /// What the newest round of the control loop found.
  Snapshot snapshot();

  StatStore stats();

  /// What the data plane knows about its backends, in any order.
  List<ClusterView> clusters();
}
