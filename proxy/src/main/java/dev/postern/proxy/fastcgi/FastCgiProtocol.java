package dev.postern.proxy.fastcgi;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.upstream.BackendConnection;
import dev.postern.proxy.upstream.BackendLink;
import dev.postern.proxy.upstream.BackendProtocol;
import java.util.concurrent.ConcurrentHashMap;

/// Speaks FastCGI to the clusters that want it. Keeps what was compiled of each configuration.
public final class FastCgiProtocol implements BackendProtocol {
  /// So many configurations are remembered, most of which may be of the past, before all are
  /// forgotten and those in use compiled anew.
  private static final int MAX_REMEMBERED = 1_000;

  private final ConcurrentHashMap<FastCgiOptions, Parameters> compiled = new ConcurrentHashMap<>();

  @Override
  public BackendConnection start(BackendLink link) {
    if (!(link.cluster().protocol() instanceof UpstreamProtocol.FastCgi fastCgi)) {
      throw new IllegalArgumentException(link.cluster().name() + " is not FastCGI");
    }
    return FastCgiConnection.start(link, parameters(fastCgi.options()));
  }

  private Parameters parameters(FastCgiOptions options) {
    Parameters known = compiled.get(options);
    if (known != null) {
      return known;
    }
    if (compiled.size() >= MAX_REMEMBERED) {
      compiled.clear();
    }
    return compiled.computeIfAbsent(options, Parameters::compile);
  }
}
