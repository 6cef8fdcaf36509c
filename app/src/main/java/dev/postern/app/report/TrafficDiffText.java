package dev.postern.app.report;

import dev.postern.app.difftraffic.Difference;
import dev.postern.app.difftraffic.TrafficDiff.Compared;
import dev.postern.app.difftraffic.TrafficDiff.Result;
import dev.postern.app.probe.PeerText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// In what two gateways differ, as a person reads it: requests whose answers differ in the same
/// things belong together, the largest group first, with a few of each.
public final class TrafficDiffText {
  private static final int LONGEST = 100;

  private TrafficDiffText() {}

  /// @param leftOut what was not asked, a sentence each
  /// @param shown how many requests of each group
  public static String of(Result result, List<String> leftOut, int shown, Style style) {
    var out = new StringBuilder();
    Map<String, List<Compared>> groups = new LinkedHashMap<>();
    for (Compared each : result.different()) {
      groups.computeIfAbsent(subjects(each), _ -> new ArrayList<>()).add(each);
    }
    groups.entrySet().stream()
        .sorted(Comparator.comparingInt(group -> -group.getValue().size()))
        .forEach(group -> group(out, group.getKey(), group.getValue(), shown, style));
    for (String sentence : leftOut) {
      out.append(style.sign(Mark.NOTE)).append(' ').append(sentence).append('\n');
    }
    for (String why : result.notReached()) {
      out.append(style.sign(Mark.BAD)).append(" not reached: ").append(why).append('\n');
    }
    int all = result.compared().size();
    int different = result.different().size();
    return out.append(
            "%d request%s: %d same, %d different\n"
                .formatted(all, all == 1 ? "" : "s", all - different, different))
        .toString();
  }

  private static String subjects(Compared each) {
    return each.differences().stream().map(Difference::subject).collect(Collectors.joining(", "));
  }

  private static void group(
      StringBuilder out, String subjects, List<Compared> all, int shown, Style style) {
    out.append(style.sign(Mark.BAD)).append(' ').append(style.bold(subjects));
    out.append(style.faint(" (" + all.size() + (all.size() == 1 ? " request)" : " requests)")));
    out.append('\n');
    for (Compared each : all.subList(0, Math.min(shown, all.size()))) {
      out.append("  ").append(request(each)).append('\n');
      for (Difference difference : each.differences()) {
        out.append("      ").append(words(difference)).append('\n');
      }
    }
    if (all.size() > shown) {
      out.append("  ").append(style.faint("and " + (all.size() - shown) + " more")).append('\n');
    }
    out.append('\n');
  }

  static String request(Compared each) {
    return PeerText.clean(each.request().toString());
  }

  private static String words(Difference difference) {
    return switch (difference) {
      case Difference.Status(int before, int now) -> "status: " + before + " -> " + now;
      case Difference.Header(String name, List<String> before, List<String> now) ->
          name + ": " + value(before) + " -> " + value(now);
      case Difference.Body(int at, String before, String now) ->
          "body from octet " + at + ": \"" + before + "\" -> \"" + now + '"';
      case Difference.Failure(String before, String now) -> answer(before) + " -> " + answer(now);
    };
  }

  private static String value(List<String> values) {
    String all = String.join(", ", values);
    return values.isEmpty()
        ? "(none)"
        : '"' + (all.length() > LONGEST ? all.substring(0, LONGEST) + "..." : all) + '"';
  }

  private static String answer(String failure) {
    return failure.isEmpty() ? "an answer" : failure;
  }
}
