package dev.postern.proxy.route;

import dev.postern.ir.HeaderMatch;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.PathMatch;
import dev.postern.ir.QueryMatch;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteConfiguration;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.ValueMatch;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Routes in few words.
final class Routes {
  private Routes() {}

  static Route route(String name, RouteMatch match) {
    return new Route(
        name,
        match,
        HeaderMutation.NONE,
        HeaderMutation.NONE,
        new RouteAction.DirectResponse(200, ""));
  }

  static Route exact(String path) {
    return route("exact " + path, match(new PathMatch.Exact(path)));
  }

  static Route prefix(String path) {
    return route("prefix " + path, match(new PathMatch.Prefix(path)));
  }

  static Route regex(String re2) {
    return route("regex " + re2, match(new PathMatch.Regex(re2)));
  }

  static Route header(String name, String value) {
    return route(
        name + ": " + value, with(new HeaderMatch(name, new ValueMatch.Exact(value)), null));
  }

  static Route headerRegex(String name, String re2) {
    return route(name + ": " + re2, with(new HeaderMatch(name, new ValueMatch.Regex(re2)), null));
  }

  static Route query(String name, String value) {
    return route(name + "=" + value, with(null, new QueryMatch(name, new ValueMatch.Exact(value))));
  }

  static Route method(String method) {
    return route(
        method,
        new RouteMatch(new PathMatch.Prefix("/"), Optional.of(method), List.of(), List.of()));
  }

  static VirtualHost host(String domain, Route... routes) {
    return new VirtualHost(domain, List.of(routes));
  }

  static RouteTable<String> table(VirtualHost... hosts) {
    return RouteTable.compile(configuration(List.of(hosts)), null, Route::name);
  }

  /// One virtual host for everything.
  static RouteTable<String> table(Route... routes) {
    return table(host("*", routes));
  }

  static RouteConfiguration configuration(List<VirtualHost> hosts) {
    return new RouteConfiguration("test", hosts);
  }

  private static RouteMatch match(PathMatch path) {
    return new RouteMatch(path, Optional.empty(), List.of(), List.of());
  }

  private static RouteMatch with(HeaderMatch header, QueryMatch query) {
    List<HeaderMatch> headers = new ArrayList<>();
    List<QueryMatch> queries = new ArrayList<>();
    if (header != null) {
      headers.add(header);
    }
    if (query != null) {
      queries.add(query);
    }
    return new RouteMatch(new PathMatch.Prefix("/"), Optional.empty(), headers, queries);
  }
}
