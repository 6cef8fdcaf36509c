package dev.postern.proxy;

import dev.postern.ir.DataPlane;
import dev.postern.ir.Ir;
import dev.postern.stats.StatStore;
import java.time.Duration;

/// The built-in data plane on Netty.
public final class EmbeddedProxy implements DataPlane {

  /// @param stats with room for [ProxyOptions#workers] workers
  public EmbeddedProxy(ProxyOptions options, StatStore stats) {
    throw new UnsupportedOperationException(
        "being written " + options.workers() + stats.groups().size());
  }

  @Override
  public Applied apply(Ir ir) {
    throw new UnsupportedOperationException("being written " + ir);
  }

  @Override
  public boolean drain(Duration limit) {
    throw new UnsupportedOperationException("being written " + limit);
  }

  @Override
  public void close() {}
}
