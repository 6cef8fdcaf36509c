package dev.postern.app.report;

import dev.postern.gatewayapi.explain.Explanation;
import dev.postern.gatewayapi.explain.Explanation.Backend;
import dev.postern.gatewayapi.explain.Explanation.Place;
import dev.postern.gatewayapi.explain.Explanation.Rule;
import dev.postern.gatewayapi.resolve.hop.Hop;

/// An [Explanation] for people: one line for each answer, who decided it behind it, and below it
/// whoever was overruled.
public final class ExplanationText {
  private static final int ANSWER = 22;
  private static final int DECIDER = ANSWER + 30;

  private final StringBuilder out = new StringBuilder();

  private ExplanationText() {}

  /// The text, with a line end.
  public static String of(Explanation explanation) {
    var text = new ExplanationText();
    explanation.places().forEach(text::place);
    if (explanation.places().isEmpty()) {
      text.out.append("nothing is served\n");
    }
    return text.out.toString();
  }

  private void place(Place place) {
    if (!out.isEmpty()) {
      out.append('\n');
    }
    out.append(place.gateway());
    place.listener().ifPresent(name -> out.append(", listener ").append(name));
    place.socket().ifPresent(socket -> out.append(", on ").append(socket));
    out.append('\n');
    if (place.rules().isEmpty()) {
      out.append("  no route takes the request: 404\n");
    }
    place.rules().forEach(this::rule);
  }

  private void rule(Rule rule) {
    out.append("  ").append(rule.route()).append(", rule ").append(rule.rule());
    rule.match().ifPresent(match -> out.append(", match ").append(match));
    rule.location().ifPresent(location -> out.append("  (").append(location).append(')'));
    out.append('\n');
    rule.filters().forEach(filter -> out.append("    ").append(filter).append('\n'));
    if (rule.closed()) {
      out.append("    gets 500\n");
      return;
    }
    rule.authorization().ifPresent(this::authorization);
    if (rule.leadsNowhere()) {
      out.append("    no backend: 500\n");
    }
    rule.backends().forEach(this::backend);
  }

  private void authorization(Backend asked) {
    out.append("    external authorization by ").append(asked.name());
    reached(asked);
  }

  private void backend(Backend backend) {
    out.append("    ").append(backend.name()).append(", weight ").append(backend.ref().weight());
    reached(backend);
  }

  private void reached(Backend backend) {
    if (!backend.clusters().isEmpty()) {
      out.append(", cluster ").append(String.join(" or ", backend.clusters()));
    }
    out.append('\n');
    backend.hop().ifPresent(hop -> hop.trail().forEach(this::step));
    if (!backend.isReached()) {
      out.append("      gets 500: ").append(backend.problem()).append('\n');
    } else {
      backend
          .hop()
          .map(ExplanationText::note)
          .filter(note -> !note.isEmpty())
          .ifPresent(note -> out.append("      note: ").append(note).append('\n'));
    }
  }

  static String note(Hop hop) {
    return switch (hop.outcome()) {
      case Hop.Outcome.Connect(_, String note) -> note;
      case Hop.Outcome.ConnectByScheme(_, _, String note) -> note;
      case Hop.Outcome.NotFound _, Hop.Outcome.UnsupportedProtocol _, Hop.Outcome.FailsClosed _ ->
          "";
    };
  }

  private void step(Hop.Step step) {
    var line = new StringBuilder("      ").append(step.question().words());
    pad(line, 6 + ANSWER);
    line.append(step.answer());
    pad(line, 6 + DECIDER);
    out.append(line).append(step.decidedBy()).append('\n');
    for (Hop.Source source : step.overruled()) {
      var below = new StringBuilder();
      pad(below, 6 + DECIDER);
      out.append(below).append("overruled: ").append(source).append('\n');
    }
  }

  /// Two blanks at least, as long words run over.
  private static void pad(StringBuilder line, int to) {
    int blanks = line.isEmpty() ? to : Math.max(2, to - line.length());
    line.repeat(' ', blanks);
  }
}
