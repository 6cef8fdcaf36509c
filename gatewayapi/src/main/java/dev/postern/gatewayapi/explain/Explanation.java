package dev.postern.gatewayapi.explain;

import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resource.HttpRoute.BackendRef;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.List;
import java.util.Optional;

/// What becomes of requests, by the places where they arrive.
public record Explanation(List<Place> places) {
  public Explanation {
    places = List.copyOf(places);
  }

  /// Whether every request that was asked about gets to a backend.
  public boolean isReached() {
    return !places.isEmpty()
        && places.stream()
            .allMatch(place ->
                !place.rules().isEmpty()
                    && place.rules().stream()
                        .flatMap(rule -> rule.backends().stream())
                        .allMatch(Backend::isReached)
                    && place.rules().stream()
                        .flatMap(rule -> rule.authorization().stream())
                        .allMatch(Backend::isReached)
                    && place.rules().stream().noneMatch(Rule::isLost));
  }

  /// Where requests arrive.
  ///
  /// @param socket `<address>:<port>`; absent where all of the Gateway's are meant
  /// @param listener names of the Gateway's listeners; absent likewise
  /// @param rules those that take the requests; none where nothing does
  /// @param otherwise what becomes of a request that no rule takes, in a person's words
  public record Place(
      ObjectRef gateway,
      Optional<String> socket,
      Optional<String> listener,
      List<Rule> rules,
      String otherwise) {
    public Place {
      rules = List.copyOf(rules);
    }
  }

  /// A rule of a route.
  ///
  /// @param rule from 0
  /// @param match from 0; absent where all of the rule's are meant
  /// @param location `file:line`
  /// @param filters what it does with requests besides, in a person's words
  /// @param redirects whether it answers by itself
  /// @param authorization who is asked whether a request may pass; absent for nobody
  /// @param closed whether every request gets 500, as a filter cannot be followed
  /// @param unserved where it gets nothing though it is attached, or that it is left out, and why;
  ///   empty where it gets all that it asks for
  public record Rule(
      ObjectRef route,
      int rule,
      Optional<Integer> match,
      Optional<String> location,
      List<String> filters,
      boolean redirects,
      boolean closed,
      List<String> unserved,
      Optional<Backend> authorization,
      List<Backend> backends) {
    public Rule {
      filters = List.copyOf(filters);
      unserved = List.copyOf(unserved);
      backends = List.copyOf(backends);
    }

    /// Whether it has neither a backend that gets a share nor an answer of its own.
    public boolean leadsNowhere() {
      return backends.stream().allMatch(backend -> backend.ref().weight() == 0) && !redirects;
    }

    private boolean isLost() {
      return closed || !unserved.isEmpty() || leadsNowhere();
    }
  }

  /// A backend of a rule.
  ///
  /// @param name kind, namespace, name and port
  /// @param clusters as the stats call what it is reached by; two where the client's scheme counts
  /// @param hop absent where the reference itself does not hold
  /// @param problem why its share of requests gets 500; empty where it is reached
  /// @param note what a person should know where it is reached; may be empty
  public record Backend(
      String name,
      BackendRef ref,
      List<String> clusters,
      Optional<Hop> hop,
      String problem,
      String note) {
    public Backend {
      clusters = List.copyOf(clusters);
    }

    /// Whether its requests are sent somewhere.
    public boolean isReached() {
      return problem.isEmpty();
    }
  }
}
