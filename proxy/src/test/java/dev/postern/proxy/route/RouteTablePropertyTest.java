package dev.postern.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.HeaderMatch;
import dev.postern.ir.PathMatch;
import dev.postern.ir.QueryMatch;
import dev.postern.ir.Route;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.ValueMatch;
import dev.postern.ir.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random tables and requests, against an implementation that tries one route after the other.
class RouteTablePropertyTest {
  private static final List<String> ELEMENTS = List.of("a", "b", "ab", "", "a.b", "c");
  private static final List<String> VALUES = List.of("", "1", "2", "1,2");
  private static final List<String> HOSTS =
      List.of("a.com", "b.a.com", "c.b.a.com", "com", "x", "a.b", "ba.com");
  private static final List<String> DOMAINS =
      List.of("*", "*.com", "*.a.com", "*.b.a.com", "a.com", "b.a.com", "x", "*.b");
  private static final List<String> EXPRESSIONS =
      List.of(
          "/a.*",
          "/a/[ab]+",
          ".*b",
          "/(a|b)/.*",
          "/a/b?",
          "/a|/b",
          "(?i)/A",
          "/ab/.*|.*",
          "/a/b/.+",
          "^/a+",
          "/a\\.b/.*",
          "",
          "/",
          "[^/]*",
          "/a//?.*");

  @Test
  void theFirstRouteThatMatchesWins() {
    for (long seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      List<VirtualHost> hosts = hosts(random);
      RouteTable<Route> table =
          RouteTable.compile(Routes.configuration(hosts), null, route -> route);
      for (int i = 0; i < 100; i++) {
        Request request = Request.random(random);
        assertThat(table.match(request.head()))
            .as("seed %d request %s", seed, request)
            .isSameAs(request.firstMatch(hosts));
      }
    }
  }

  private static List<VirtualHost> hosts(Random random) {
    Map<String, VirtualHost> hosts = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      String domain = pick(DOMAINS, random);
      List<Route> routes = new ArrayList<>();
      for (int r = random.nextInt(20); r > 0; r--) {
        routes.add(Routes.route("r" + r, match(random)));
      }
      hosts.put(domain, new VirtualHost(domain, routes));
    }
    return List.copyOf(hosts.values());
  }

  private static RouteMatch match(Random random) {
    PathMatch path =
        switch (random.nextInt(5)) {
          case 0, 1 -> new PathMatch.Exact(path(random));
          case 2, 3 -> {
            String prefix = path(random);
            while (prefix.length() > 1 && prefix.endsWith("/")) {
              prefix = prefix.substring(0, prefix.length() - 1);
            }
            yield new PathMatch.Prefix(prefix);
          }
          default -> new PathMatch.Regex(pick(EXPRESSIONS, random));
        };
    List<HeaderMatch> headers =
        random.nextInt(3) == 0
            ? List.of(new HeaderMatch(random.nextBoolean() ? "x" : "y", value(random)))
            : List.of();
    List<QueryMatch> queries =
        random.nextInt(4) == 0
            ? List.of(new QueryMatch(random.nextBoolean() ? "p" : "q", value(random)))
            : List.of();
    Optional<String> method = random.nextInt(4) == 0 ? Optional.of("POST") : Optional.empty();
    return new RouteMatch(path, method, headers, queries);
  }

  private static ValueMatch value(Random random) {
    return random.nextInt(3) == 0
        ? new ValueMatch.Regex("[12]+")
        : new ValueMatch.Exact(pick(VALUES, random));
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      path.append('/').append(pick(ELEMENTS, random));
    }
    return path.toString();
  }

  private static <E> E pick(List<E> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  /// A request and the slow way to find its route.
  private record Request(
      String method, String host, String path, List<String> params, List<String> fields) {

    static Request random(Random random) {
      List<String> fields = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        fields.add(random.nextBoolean() ? "x" : "y");
        fields.add(pick(VALUES, random));
      }
      List<String> params = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        params.add((random.nextBoolean() ? "p" : "q") + "=" + pick(VALUES, random));
      }
      return new Request(
          random.nextBoolean() ? "GET" : "POST",
          pick(HOSTS, random),
          RouteTablePropertyTest.path(random),
          params,
          fields);
    }

    dev.postern.proxy.message.RequestHead head() {
      String query = params.isEmpty() ? "" : "?" + String.join("&", params);
      return Requests.request(method, host + ":80", path + query, fields.toArray(new String[0]));
    }

    Route firstMatch(List<VirtualHost> hosts) {
      VirtualHost best = null;
      for (VirtualHost candidate : hosts) {
        String domain = candidate.domain();
        boolean takes =
            domain.equals("*")
                || domain.equals(host)
                || (domain.startsWith("*.")
                    && host.endsWith(domain.substring(1))
                    && host.length() > domain.length() - 1);
        if (takes && (best == null || weight(domain) > weight(best.domain()))) {
          best = candidate;
        }
      }
      return best == null
          ? null
          : best.routes().stream().filter(r -> takes(r.match())).findFirst().orElse(null);
    }

    private static int weight(String domain) {
      return domain.startsWith("*") ? domain.length() : 1000;
    }

    private boolean takes(RouteMatch match) {
      boolean pathFits =
          switch (match.path()) {
            case PathMatch.Exact(String wanted) -> path.equals(wanted);
            case PathMatch.Prefix(String wanted) ->
                wanted.equals("/") || path.equals(wanted) || path.startsWith(wanted + "/");
            case PathMatch.Regex(String re2) -> path.matches(re2);
          };
      return pathFits
          && match.method().map(method::equals).orElse(true)
          && match.headers().stream().allMatch(h -> fits(h.value(), header(h.name())))
          && match.queryParameters().stream().allMatch(q -> fits(q.value(), parameter(q.name())));
    }

    private String header(String name) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < fields.size(); i += 2) {
        if (fields.get(i).equals(name)) {
          values.add(fields.get(i + 1));
        }
      }
      return values.isEmpty() ? null : String.join(",", values);
    }

    private String parameter(String name) {
      return params.stream()
          .filter(p -> p.startsWith(name + "="))
          .map(p -> p.substring(2))
          .findFirst()
          .orElse(null);
    }

    private static boolean fits(ValueMatch match, String value) {
      return value != null
          && switch (match) {
            case ValueMatch.Exact(String wanted) -> value.equals(wanted);
            case ValueMatch.Regex(String re2) -> value.matches(re2);
          };
    }
  }
}
