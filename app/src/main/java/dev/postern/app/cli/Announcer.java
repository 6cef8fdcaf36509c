package dev.postern.app.cli;

import dev.postern.app.control.ControlLoop;
import dev.postern.app.control.Snapshot;
import dev.postern.app.report.FindingText;
import dev.postern.app.report.Judgement;
import dev.postern.app.report.Mark;
import dev.postern.app.serve.Postern;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.ir.VersionedMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Tells the person at the terminal what is served and what is wrong, and from then on only what
/// changes: one line per change of state, and never two for one.
///
/// The control loop's thread owns it.
final class Announcer implements ControlLoop.Listener {
  /// A flood of lines helps nobody; `check` has them all.
  private static final int LINES_SHOWN = 40;

  /// Of one round, singly.
  private static final int OBJECTS_SHOWN = 6;

  private static final Set<Kind> ROUTES =
      Set.of(Kind.HTTP_ROUTE, Kind.GRPC_ROUTE, Kind.TLS_ROUTE, Kind.TCP_ROUTE, Kind.UDP_ROUTE);

  private final Consumer<String> out;

  /// What is wrong with each object, by what it is wrong with.
  private final Map<ObjectRef, Map<String, String>> wrongs = new HashMap<>();

  private Map<Wrong, Finding> findings = Map.of();
  private Map<String, Listening> listening = Map.of();

  /// What is the same finding when lines come or go above it.
  ///
  /// @param about the object, or else the file
  private record Wrong(String about, String field, String message) {
    static Wrong of(Finding finding) {
      String file = finding.location().orElse("");
      return new Wrong(
          finding
              .object()
              .map(ObjectRef::toString)
              .orElse(file.substring(0, Math.max(0, file.lastIndexOf(':')))),
          finding.field(),
          finding.message());
    }
  }

  /// @param out takes a line, at once and without failing
  Announcer(Consumer<String> out) {
    this.out = out;
  }

  @Override
  public void onRound(ControlLoop.Round round) {
    Snapshot now = round.now();
    var lines = new ArrayList<String>();
    if (round.before().version() > 0) {
      objects(round, lines);
    }
    listeners(now, lines);
    findings(now, lines);
    conditions(round.before(), now, lines);
    lines.stream().limit(LINES_SHOWN).forEach(out);
    if (lines.size() > LINES_SHOWN) {
      out.accept("  and " + (lines.size() - LINES_SHOWN) + " more; postern check shows all");
    }
  }

  private static void objects(ControlLoop.Round round, List<String> lines) {
    int all = round.added().size() + round.changed().size() + round.removed().size();
    if (all > OBJECTS_SHOWN) {
      lines.add(
          "changes: "
              + round.added().size()
              + " objects new, "
              + round.changed().size()
              + " changed, "
              + round.removed().size()
              + " gone");
      return;
    }
    round.added().forEach(ref -> lines.add("+ " + ref + at(round.now(), ref)));
    round.changed().forEach(ref -> lines.add("~ " + ref + at(round.now(), ref)));
    round.removed().forEach(ref -> lines.add("- " + ref));
  }

  private static String at(Snapshot now, ObjectRef ref) {
    return now.origin(ref).at("").map(location -> "  " + location).orElse("");
  }

  private void listeners(Snapshot now, List<String> lines) {
    var fresh = new TreeMap<String, Listening>();
    now.translation()
        .ir()
        .listeners()
        .forEach((name, listener) -> {
          if (!now.listenerErrors().containsKey(name)) {
            Listening is = Listening.of(listener);
            fresh.put(name, is);
            if (!is.equals(listening.get(name))) {
              lines.add("listening on " + is.line(listener));
            }
          }
        });
    listening.forEach((name, was) -> {
      if (!fresh.containsKey(name)) {
        lines.add("no longer listening on " + was.url());
      }
    });
    listening = fresh;
  }

  private void findings(Snapshot now, List<String> lines) {
    var fresh = new LinkedHashMap<Wrong, Finding>();
    for (List<Finding> some : List.of(now.readFindings(), now.translation().findings())) {
      for (Finding finding : some) {
        Wrong wrong = Wrong.of(finding);
        if (finding.severity() != Severity.NOTE
            && fresh.putIfAbsent(wrong, finding) == null
            && !findings.containsKey(wrong)) {
          String where = finding.location().map(location -> "  " + location).orElse("");
          String what = FindingText.what(finding);
          lines.add(
              FindingText.mark(finding).sign()
                  + " "
                  + (what.isEmpty() ? "" : what + ": ")
                  + finding.message()
                  + where);
        }
      }
    }
    for (Map.Entry<Wrong, Finding> known : findings.entrySet()) {
      if (!fresh.containsKey(known.getKey())) {
        Finding finding = known.getValue();
        lines.add(
            Mark.GOOD.sign()
                + " solved: "
                + FindingText.what(finding)
                + finding.location().map(location -> "  " + location).orElse(""));
      }
    }
    findings = fresh;
  }

  /// Statuses that are the same instance as before say the same, so that a small change in a large
  /// folder costs little.
  private void conditions(Snapshot before, Snapshot now, List<String> lines) {
    var old = before.translation().statuses();
    var fresh = now.translation().statuses();
    VersionedMap.changes(
        old,
        fresh,
        ref -> {
          ObjectStatus status = fresh.get(ref);
          if (status == null) {
            wrongs.remove(ref);
          } else {
            changed(ref, status, now, lines);
          }
        });
  }

  private void changed(ObjectRef ref, ObjectStatus status, Snapshot now, List<String> lines) {
    Map<String, String> was = wrongs.getOrDefault(ref, Map.of());
    if (was.isEmpty() && !Judgement.isTrouble(status)) {
      return;
    }
    var is = new LinkedHashMap<String, String>();
    for (Judgement judgement : Judgement.of(ref, status, now.origin(ref))) {
      String key = judgement.what() + " " + judgement.condition().type();
      if (judgement.mark().isTrouble()) {
        String text = words(judgement);
        is.put(key, text);
        if (!text.equals(was.get(key))) {
          lines.add(
              judgement.mark().sign()
                  + " "
                  + text
                  + judgement.location().map(l -> "  " + l).orElse(""));
        }
      } else if (was.containsKey(key)) {
        lines.add(
            Mark.GOOD.sign()
                + " "
                + judgement.what()
                + ": "
                + judgement.condition().type()
                + " again");
      }
    }
    if (is.isEmpty()) {
      wrongs.remove(ref);
    } else {
      wrongs.put(ref, is);
    }
  }

  private static String words(Judgement judgement) {
    var condition = judgement.condition();
    String message = condition.message().isEmpty() ? "" : ": " + condition.message();
    return judgement.what()
        + ": "
        + condition.type()
        + " is "
        + condition.status().text()
        + ", "
        + condition.reason()
        + message;
  }

  /// The line that says that traffic can come.
  static String ready(Postern postern) {
    Snapshot now = postern.snapshot();
    Set<ObjectRef> judged = now.translation().statuses().keySet();
    long gateways = judged.stream().filter(ref -> ref.kind().equals(Kind.GATEWAY)).count();
    long routes = judged.stream().filter(ref -> ROUTES.contains(ref.kind())).count();
    var admin = postern.adminAddress();
    return "ready: "
        + count(gateways, "gateway")
        + ", "
        + count(routes, "route")
        + ", "
        + count(now.translation().ir().clusters().size(), "backend")
        + "; admin http://"
        + new HostPort(admin.getHostString(), admin.getPort())
        + "/";
  }

  private static String count(long n, String thing) {
    return n + " " + thing + (n == 1 ? "" : "s");
  }
}
