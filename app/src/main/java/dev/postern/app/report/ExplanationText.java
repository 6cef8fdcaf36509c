package dev.postern.app.report;

import dev.postern.gatewayapi.explain.Explanation;
import dev.postern.gatewayapi.explain.Explanation.Backend;
import dev.postern.gatewayapi.explain.Explanation.Place;
import dev.postern.gatewayapi.explain.Explanation.Rule;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.OneLine;

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
    line(
        place.gateway()
            + place.listener().map(name -> ", listener " + name).orElse("")
            + place.socket().map(socket -> ", on " + socket).orElse(""));
    if (place.rules().isEmpty()) {
      line("  " + place.otherwise());
    }
    place.rules().forEach(this::rule);
  }

  private void rule(Rule rule) {
    line(
        "  "
            + rule.route()
            + ", rule "
            + rule.rule()
            + rule.match().map(match -> ", match " + match).orElse("")
            + rule.location().map(location -> "  (" + location + ")").orElse(""));
    rule.unserved().forEach(why -> line("    not served: " + why));
    rule.filters().forEach(filter -> line("    " + filter));
    String lost = lost(rule.route().kind());
    if (rule.closed()) {
      line("    " + lost);
      return;
    }
    rule.authorization().ifPresent(asked -> authorization(asked, lost));
    if (rule.leadsNowhere() && (rule.unserved().isEmpty() || !rule.backends().isEmpty())) {
      line(
          "    "
              + lost
              + ": no backend"
              + (rule.backends().isEmpty() ? "" : " has a weight over 0"));
    }
    rule.backends().forEach(backend -> backend(backend, lost));
  }

  /// What becomes of what leads nowhere.
  private static String lost(Kind route) {
    if (route.equals(Kind.UDP_ROUTE)) {
      return "its datagrams are dropped";
    }
    return route.equals(Kind.TCP_ROUTE) || route.equals(Kind.TLS_ROUTE)
        ? "its connections are closed"
        : "gets 500";
  }

  private void authorization(Backend asked, String lost) {
    reached("    external authorization by " + asked.name(), asked, lost);
  }

  private void backend(Backend backend, String lost) {
    reached("    " + backend.name() + ", weight " + backend.ref().weight(), backend, lost);
  }

  private void reached(String subject, Backend backend, String lost) {
    line(
        subject
            + (backend.clusters().isEmpty()
                ? ""
                : ", cluster " + String.join(" or ", backend.clusters())));
    backend.hop().ifPresent(hop -> hop.trail().forEach(this::step));
    if (!backend.isReached()) {
      line("      " + lost + ": " + backend.problem());
    } else if (!backend.note().isEmpty()) {
      line("      note: " + backend.note());
    }
  }

  private void step(Hop.Step step) {
    var line = new StringBuilder("      ").append(step.question().words());
    pad(line, 6 + ANSWER);
    line.append(step.answer());
    pad(line, 6 + DECIDER);
    line(line.append(step.decidedBy()).toString());
    for (Hop.Source source : step.overruled()) {
      var below = new StringBuilder();
      pad(below, 6 + DECIDER);
      line(below.append("overruled: ").append(source).toString());
    }
  }

  /// What it says may come from tenants, and sends the terminal no commands.
  private void line(String text) {
    out.append(OneLine.of(text, Integer.MAX_VALUE)).append('\n');
  }

  /// Two blanks at least, as long words run over.
  private static void pad(StringBuilder line, int to) {
    int blanks = line.isEmpty() ? to : Math.max(2, to - line.length());
    line.repeat(' ', blanks);
  }
}
