package dev.postern.proxy.route;

import dev.postern.ir.PathMatch;
import dev.postern.ir.Route;
import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The routes of one virtual host by path.
///
/// Each path that a route names is a node in one hash table. A request's path is hashed once, from
/// the left, and looked up at each `/`: the deepest node that is there leads to all shallower ones.
/// Regular expressions hang at the node of the path elements that they begin with for certain. Of
/// all routes that match, the one with the smallest rank, that is the first in the list, is taken.
final class HostRoutes {
  private static final Candidate[] NONE = {};

  private final OctetTable<Node> nodes;
  private final int longest;

  /// Prefix `/`, and regular expressions that begin with a `/`.
  private final Candidate[] root;

  /// Regular expressions that may begin with anything.
  private final Candidate[] anywhere;

  private static final class Node extends OctetTable.Entry {
    final Candidate[] exact;
    final Candidate[] below;

    /// The nearest node above with something [#below] it.
    @Nullable Node parent;

    Node(byte[] key, Candidate[] exact, Candidate[] below) {
      super(key, OctetHash.forwards(key));
      this.exact = exact;
      this.below = below;
    }
  }

  private HostRoutes(OctetTable<Node> nodes, int longest, Candidate[] root, Candidate[] anywhere) {
    this.nodes = nodes;
    this.longest = longest;
    this.root = root;
    this.anywhere = anywhere;
  }

  static HostRoutes compile(List<Route> routes, Function<Route, ?> action) {
    Map<String, List<Candidate>> exact = new HashMap<>();
    Map<String, List<Candidate>> below = new HashMap<>();
    List<Candidate> anywhere = new ArrayList<>(0);
    for (int rank = 0; rank < routes.size(); rank++) {
      Route route = routes.get(rank);
      Candidate candidate = Candidate.compile(rank, route, action.apply(route));
      switch (route.match().path()) {
        case PathMatch.Exact(String path) -> add(exact, path, candidate);
        case PathMatch.Prefix(String path) -> add(below, withoutSlash(path), candidate);
        case PathMatch.Regex(String re2) -> {
          int slash = LiteralPrefix.of(re2).lastIndexOf('/');
          if (slash < 0) {
            anywhere.add(candidate);
          } else {
            add(below, LiteralPrefix.of(re2).substring(0, slash), candidate);
          }
        }
      }
    }
    Candidate[] root = array(below.remove(""));
    Map<String, Node> nodes = HashMap.newHashMap(exact.size() + below.size());
    exact.forEach((path, list) -> nodes.put(path, node(path, list, below.remove(path))));
    below.forEach((path, list) -> nodes.put(path, node(path, null, list)));
    int longest = 0;
    for (Map.Entry<String, Node> entry : nodes.entrySet()) {
      entry.getValue().parent = parent(entry.getKey(), nodes);
      longest = Math.max(longest, entry.getValue().key.length);
    }
    return new HostRoutes(new OctetTable<>(nodes.values()), longest, root, anywhere.toArray(NONE));
  }

  @Nullable Candidate match(RequestHead head) {
    byte[] bytes = head.bytes();
    int offset = head.pathOffset();
    int length = head.pathLength();
    Candidate best = null;
    if (longest > 0) {
      Node deepest = null;
      int end = Math.min(length, longest);
      int hash = OctetHash.EMPTY;
      for (int i = 0; i < end; ) {
        hash = OctetHash.step(hash, bytes[offset + i]);
        i++;
        if (i == length || bytes[offset + i] == '/') {
          Node node = nodes.find(hash, bytes, offset, i);
          deepest = node == null ? deepest : node;
        }
      }
      if (deepest != null && deepest.key.length == length) {
        best = first(deepest.exact, head, null);
      }
      for (Node node = deepest; node != null; node = node.parent) {
        best = first(node.below, head, best);
      }
    }
    if (length > 0 && bytes[offset] == '/') {
      best = first(root, head, best);
    }
    return first(anywhere, head, best);
  }

  /// The first of the list that matches, unless `best` comes before it.
  private static @Nullable Candidate first(
      Candidate[] list, RequestHead head, @Nullable Candidate best) {
    for (Candidate candidate : list) {
      if (best != null && best.rank < candidate.rank) {
        return best;
      }
      if (candidate.matches(head)) {
        return candidate;
      }
    }
    return best;
  }

  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static void add(Map<String, List<Candidate>> lists, String path, Candidate candidate) {
    lists.computeIfAbsent(path, p -> new ArrayList<>(1)).add(candidate);
  }

  private static Node node(
      String path, @Nullable List<Candidate> exact, @Nullable List<Candidate> below) {
    return new Node(path.getBytes(StandardCharsets.UTF_8), array(exact), array(below));
  }

  private static Candidate[] array(@Nullable List<Candidate> list) {
    return list == null ? NONE : list.toArray(NONE);
  }

  private static @Nullable Node parent(String path, Map<String, Node> nodes) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      Node above = nodes.get(path.substring(0, end));
      if (above != null && above.below.length > 0) {
        return above;
      }
    }
    return null;
  }
}
