package dev.postern.gatewayapi.explain;

import dev.postern.gatewayapi.explain.Explanation.Backend;
import dev.postern.gatewayapi.resolve.BackendSource.Found;
import dev.postern.gatewayapi.resolve.BackendSource.Where;
import dev.postern.gatewayapi.resolve.JudgedRoute;
import dev.postern.gatewayapi.resolve.JudgedRoute.Destination;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resolve.hop.Hop.Question;
import dev.postern.gatewayapi.resolve.hop.Hop.Source;
import dev.postern.gatewayapi.resolve.hop.Hop.Step;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.RouteObject;
import dev.postern.gatewayapi.translate.ClusterNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is said of one backend of a rule.
final class BackendWords {
  private static final String NOBODY =
      "no EndpointSlice has a ready endpoint for it, so that nobody is there to answer";

  private final Resolution resolution;

  BackendWords(Resolution resolution) {
    this.resolution = resolution;
  }

  /// One that gets requests of a rule.
  Backend of(RouteObject route, JudgedRoute.Rule rule, JudgedRoute.Backend backend) {
    Backend asked = of(route, backend);
    return new Backend(
        asked.name(),
        asked.ref(),
        asked.clusters(),
        asked.hop().map(hop -> withSession(hop, route, rule)),
        asked.problem(),
        asked.note());
  }

  Backend of(RouteObject route, JudgedRoute.Backend backend) {
    var ref = backend.spec();
    String name =
        new ObjectRef(ref.kind(), ref.namespace().orElse(route.metadata().namespace()), ref.name())
            + ref.port().map(port -> ":" + port).orElse("");
    List<String> clusters =
        backend.destination() instanceof Destination.Port to
            ? to.byScheme()
                ? List.of(ClusterNames.of(to, false), ClusterNames.of(to, true))
                : List.of(ClusterNames.of(to, false))
            : List.of();
    Optional<Hop> hop = backend.hop().map(resolution.hops()::of);
    return new Backend(name, ref, clusters, hop, backend.problem(), note(route, backend, hop));
  }

  private String note(RouteObject route, JudgedRoute.Backend backend, Optional<Hop> hop) {
    List<String> notes = new ArrayList<>();
    hop.map(BackendWords::note).filter(note -> !note.isEmpty()).ifPresent(notes::add);
    if (backend.destination() instanceof Destination.Port to
        && resolution.backends().find(to.key().port()) instanceof Found.Known known
        && known.where() instanceof Where.Slices
        && resolution.endpoints().of(to.key().port()).isEmpty()) {
      notes.add(route instanceof ByteRoute ? NOBODY : NOBODY + " (503)");
    }
    return String.join("; ", notes);
  }

  private static String note(Hop hop) {
    return switch (hop.outcome()) {
      case Hop.Outcome.Connect(_, String note) -> note;
      case Hop.Outcome.ConnectByScheme(_, _, String note) -> note;
      case Hop.Outcome.NotFound _, Hop.Outcome.UnsupportedProtocol _, Hop.Outcome.FailsClosed _ ->
          "";
    };
  }

  /// A rule has one session: its own, or that of the first policy on its backends.
  private Hop withSession(Hop hop, RouteObject route, JudgedRoute.Rule rule) {
    if (rule.session().isEmpty()) {
      return hop;
    }
    JudgedRoute.Session session = rule.session().get();
    return new Hop(
        hop.outcome(),
        hop.trail().stream()
            .map(step ->
                step.question() == Question.SESSION_PERSISTENCE
                    ? withSession(step, route, rule, session)
                    : step)
            .toList());
  }

  private Step withSession(
      Step step, RouteObject route, JudgedRoute.Rule rule, JudgedRoute.Session session) {
    Optional<Step> counting =
        session.ofRule()
            ? Optional.of(
                new Step(
                    step.question(),
                    RuleWords.session(session.spec()),
                    new Source(
                        Optional.of(route.ref()),
                        "spec.rules[" + rule.number() + "].sessionPersistence",
                        RuleWords.session(session.spec())),
                    List.of()))
            : sessions(rule)
                .filter(other ->
                    other
                        .decidedBy()
                        .object()
                        .map(ObjectRef::toString)
                        .filter(session.by()::equals)
                        .isPresent())
                .findFirst();
    return counting
        .filter(other -> !other.decidedBy().equals(step.decidedBy()))
        .map(other ->
            new Step(
                step.question(),
                other.answer(),
                other.decidedBy(),
                Stream.concat(Stream.of(step.decidedBy()), step.overruled().stream()).toList()))
        .orElse(step);
  }

  private Stream<Step> sessions(JudgedRoute.Rule rule) {
    return rule.backends().stream()
        .flatMap(backend -> backend.hop().stream())
        .flatMap(key -> resolution.hops().of(key).trail().stream())
        .filter(step -> step.question() == Question.SESSION_PERSISTENCE);
  }
}
