package dev.postern.app.admin;

import dev.postern.app.report.Judgement;
import dev.postern.app.report.Mark;
import dev.postern.ir.Cluster;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Listener;
import dev.postern.ir.NetworkFilter;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.VirtualHost;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables of [IndexPage].
final class IndexTables {
  /// Host names of one row.
  private static final int MOST_NAMES = 6;

  private record Backend(Cluster cluster, BackendHealth health) {}

  private IndexTables() {}

  static String listeners(AdminView view, int most) {
    Map<String, String> errors = view.snapshot().listenerErrors();
    List<Listener> all = ListenersPage.sorted(view);
    Html html = new Html();
    html.raw("<section>\n<h2>Sockets <span class=\"count\">").number(all.size());
    html.raw("</span></h2>\n");
    if (all.isEmpty()) {
      html.raw("<p class=\"empty\">None: no Gateway has a listener that can be served.</p>\n");
      return html.raw("</section>\n").toString();
    }
    html.raw("<div class=\"wide\"><table class=\"three\">\n");
    html.raw("<tr><th>Address</th><th>Listener</th><th>Host names</th></tr>\n");
    for (Listener listener : all.subList(0, Math.min(most, all.size()))) {
      String error = errors.get(listener.name());
      boolean first = true;
      for (FilterChain chain : listener.filterChains()) {
        html.raw(first ? "<tr><td class=\"who\">" : "<tr><td>");
        if (first) {
          Frame.mark(html, error == null ? Mark.GOOD : Mark.BAD);
          html.raw("<span class=\"name\">").text(address(listener)).raw("</span>");
        }
        html.raw("</td><td>").text(chain.name()).raw("</td><td>").text(domains(chain));
        html.raw("</td></tr>\n");
        first = false;
      }
      if (error != null) {
        html.raw("<tr class=\"bad\"><td colspan=\"3\">").text(error).raw("</td></tr>\n");
      }
    }
    html.raw("</table></div>\n");
    String more = IndexPage.more(all.size(), "<a href=\"/listeners\">listeners</a>");
    return html + more + "</section>\n";
  }

  private static String address(Listener listener) {
    return scheme(listener) + Answer.socket(listener.address(), listener.port());
  }

  private static String scheme(Listener listener) {
    if (listener.transport() == Listener.Transport.UDP) {
      return "udp://";
    }
    if (listener.filterChains().stream()
        .anyMatch(chain -> chain.filter() instanceof NetworkFilter.HttpConnectionManager)) {
      return listener.tlsInspector() ? "https://" : "http://";
    }
    return listener.tlsInspector() ? "tls://" : "tcp://";
  }

  /// Host names of HTTP; for others the server names and where they lead.
  private static String domains(FilterChain chain) {
    List<String> domains =
        switch (chain.filter()) {
          case NetworkFilter.HttpConnectionManager(var routes) ->
              routes.virtualHosts().stream().map(VirtualHost::domain).toList();
          case NetworkFilter.TcpProxy(var clusters) -> destinations(chain, clusters);
          case NetworkFilter.UdpProxy(var clusters) -> destinations(chain, clusters);
        };
    String few = domains.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    if (domains.isEmpty()) {
      return "no route";
    }
    return domains.size() > MOST_NAMES
        ? few + " and " + (domains.size() - MOST_NAMES) + " more"
        : few;
  }

  private static List<String> destinations(
      FilterChain chain, List<NetworkFilter.WeightedCluster> clusters) {
    String names = String.join(", ", chain.serverNames());
    return clusters.stream()
        .map(to ->
            names
                + (names.isEmpty() ? "to " : " to ")
                + (to.cluster().isEmpty() ? "an invalid backend" : to.cluster()))
        .toList();
  }

  static void object(Html html, StatusPage.Judged one) {
    List<Judgement> conditions = one.judgements();
    html.raw("<tr><td class=\"who\">");
    Frame.mark(html, one.mark());
    html.raw("<a class=\"name\" href=\"/status#").text(StatusPage.anchor(one.object()));
    html.raw("\">").text(Frame.shortName(one.object())).raw("</a> <span class=\"kind\">");
    html.text(one.object().kind().kind()).raw("</span></td><td>");
    html.text(
        conditions.stream()
            .map(Judgement::subject)
            .filter(where -> !where.isEmpty())
            .distinct()
            .limit(MOST_NAMES)
            .collect(Collectors.joining("; ")));
    html.raw("</td><td>");
    if (conditions.isEmpty()) {
      html.raw("<span class=\"pill warn\">unattached</span>");
    }
    List<Judgement> troubles =
        conditions.stream().filter(judged -> judged.mark() != Mark.GOOD).toList();
    if (troubles.isEmpty()) {
      html.raw("<span class=\"quiet\">");
      html.text(names(conditions.stream())).raw("</span>");
    }
    troubles.forEach(judged -> Frame.pill(html, judged));
    html.raw("</td></tr>\n");
  }

  private static String names(Stream<Judgement> conditions) {
    return conditions
        .filter(judged -> judged.condition().status().text().equals("True"))
        .map(judged -> judged.condition().type())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  static String backends(AdminView view, int most) {
    Map<String, ClusterView> views = Attention.byName(view);
    List<Backend> all =
        view.snapshot().translation().ir().clusters().values().stream()
            .map(one -> new Backend(one, BackendHealth.of(one, views, view.stats())))
            .sorted(
                Comparator.<Backend, Mark>comparing(one -> one.health.mark())
                    .reversed()
                    .thenComparing(one -> one.cluster.name()))
            .toList();
    Html html = new Html();
    html.raw("<section id=\"backends\">\n<h2>Backends <span class=\"count\">").number(all.size());
    html.raw("</span></h2>\n");
    if (all.isEmpty()) {
      return html.raw("<p class=\"empty\">None.</p>\n</section>\n").toString();
    }
    html.raw("<div class=\"wide\"><table class=\"numbers\">\n<tr><th>Cluster</th><th>How</th>");
    html.raw("<th>Endpoints</th><th>Requests</th><th>Active</th><th>Errors</th>");
    html.raw("<th>Connect failures</th></tr>\n");
    all.stream().limit(most).forEach(one -> backend(html, one));
    html.raw("</table></div>\n");
    String more = IndexPage.more(all.size(), "<a href=\"/clusters\">clusters</a>");
    return html + more + "</section>\n";
  }

  private static void backend(Html html, Backend backend) {
    BackendHealth health = backend.health;
    html.raw("<tr><td class=\"who\">");
    Frame.mark(html, health.mark());
    html.raw("<span class=\"name\">").text(backend.cluster.name()).raw("</span></td><td>");
    html.text(how(backend.cluster)).raw("</td>");
    cell(html, "endpoints", health.view().usable() + "/" + health.view().endpoints().size());
    cell(html, "requests", grouped(health.requests()));
    cell(html, "active", grouped(health.active()));
    cell(html, "errors", grouped(health.errors()));
    cell(html, "connect failures", grouped(health.connectFailures()));
    html.raw("</tr>\n");
    if (!health.troubles().isEmpty()) {
      html.raw("<tr class=\"").raw(Frame.css(health.mark())).raw("\"><td colspan=\"7\">");
      html.text(String.join(" ", health.troubles())).raw("</td></tr>\n");
    }
  }

  /// @param label stands before the number where the table is too narrow for a head
  private static void cell(Html html, String label, String text) {
    html.raw("<td data-label=\"").text(label).raw("\">").text(text).raw("</td>");
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String how(Cluster cluster) {
    String protocol =
        switch (cluster.protocol()) {
          case UpstreamProtocol.Http1() -> "HTTP/1.1";
          case UpstreamProtocol.Http2() -> "HTTP/2";
          case UpstreamProtocol.Negotiated() ->
              cluster.tls().isPresent() ? "HTTP/2 or HTTP/1.1" : "HTTP/1.1";
          case UpstreamProtocol.FastCgi _ -> "FastCGI";
          case UpstreamProtocol.Bytes() -> "bytes";
        };
    return protocol + cluster.tls().map(IndexTables::tls).orElse(" in plaintext");
  }

  private static String tls(UpstreamTls tls) {
    String trust =
        switch (tls.trust()) {
          case UpstreamTls.Trust.Anchors anchors ->
              IndexPage.count(anchors.certificates().size(), "trusted CA", "trusted CAs");
          case UpstreamTls.Trust.System() -> "the system's CAs";
          case UpstreamTls.Trust.Unverified() -> "nobody";
        };
    String names =
        tls.names().stream()
            .map(name ->
                switch (name) {
                  case UpstreamTls.SubjectName.Dns(String dns) -> dns;
                  case UpstreamTls.SubjectName.Uri(String uri) -> uri;
                  case UpstreamTls.SubjectName.OfEndpoint() -> "the endpoint's own name";
                  case UpstreamTls.SubjectName.Any() -> "anybody";
                })
            .collect(Collectors.joining(" or "));
    return " over TLS, verified as " + names + " by " + trust;
  }
}
