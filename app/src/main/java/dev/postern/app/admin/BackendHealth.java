package dev.postern.app.admin;

import dev.postern.app.report.Mark;
import dev.postern.ir.Cluster;
import dev.postern.ir.UpstreamTls;
import dev.postern.stats.StatGroup;
import dev.postern.stats.StatStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a cluster is doing.
///
/// @param view empty when the data plane does not serve it
/// @param troubles sentences; none when all is well
record BackendHealth(Mark mark, ClusterView view, List<String> troubles) {

  private static final Map<String, String> TLS_TROUBLES =
      Map.of(
          "ssl.fail_verify_error", "certificate not trusted or out of date",
          "ssl.fail_verify_san", "certificate without the expected name",
          "ssl.fail_verify_no_cert", "no certificate",
          "ssl.connection_error", "TLS handshake failed");

  static BackendHealth of(Cluster cluster, Map<String, ClusterView> views, StatStore stats) {
    ClusterView view =
        views.getOrDefault(cluster.name(), new ClusterView(cluster.name(), List.of()));
    List<String> troubles = new ArrayList<>();
    Mark mark = Mark.GOOD;
    if (view.usable() < view.endpoints().size()) {
      mark = Mark.WARNING;
      long ejected = view.endpoints().size() - view.usable();
      troubles.add("%d of %d endpoints left out.".formatted(ejected, view.endpoints().size()));
    }
    Optional<StatGroup> group = stats.find("cluster." + cluster.name());
    if (cluster.tls().isPresent() && group.isPresent()) {
      Map<String, Long> numbers = group.get().numbers();
      TLS_TROUBLES.keySet().stream()
          .sorted()
          .filter(name -> numbers.getOrDefault(name, 0L) > 0)
          .forEach(name ->
              troubles.add(
                  "%s %d times (%s)."
                      .formatted(sentence(TLS_TROUBLES.get(name)), numbers.get(name), name)));
    }
    if (!troubles.isEmpty()) {
      mark = Mark.WARNING;
    }
    if (view.usable() == 0) {
      mark = Mark.BAD;
      troubles.addFirst("No endpoint to send requests to.");
    }
    if (cluster.tls().isPresent() && cluster.tls().get().insecure()) {
      mark = Mark.BAD;
      troubles.addFirst(unverified(cluster.tls().get()));
    }
    return new BackendHealth(mark, view, troubles);
  }

  /// As long as somebody's consent to that lasts.
  private static String unverified(UpstreamTls tls) {
    return tls.trust() instanceof UpstreamTls.Trust.Unverified
        ? "Anybody can pose as this backend: its certificate is not verified, as a policy asks."
        : "Any backend of a trusted CA can pose as this one: its name is not verified, as a policy"
            + " asks.";
  }

  private static String sentence(@Nullable String text) {
    return text == null ? "" : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  long requests() {
    return view.endpoints().stream().mapToLong(endpoint -> endpoint.requests().total()).sum();
  }

  long active() {
    return view.endpoints().stream().mapToLong(endpoint -> endpoint.requests().active()).sum();
  }

  long errors() {
    return view.endpoints().stream().mapToLong(endpoint -> endpoint.requests().error()).sum();
  }

  long connectFailures() {
    return view.endpoints().stream()
        .mapToLong(endpoint -> endpoint.connections().connectFail())
        .sum();
  }
}
