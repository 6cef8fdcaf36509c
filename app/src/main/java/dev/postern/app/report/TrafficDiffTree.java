package dev.postern.app.report;

import dev.postern.app.difftraffic.Difference;
import dev.postern.app.difftraffic.TrafficDiff.Compared;
import dev.postern.app.difftraffic.TrafficDiff.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// In what two gateways differ, as maps and lists.
public final class TrafficDiffTree {
  private TrafficDiffTree() {}

  /// All requests whose answers differ.
  ///
  /// @param leftOut what was not asked, a sentence each
  public static Map<String, Object> of(Result result, List<String> leftOut) {
    var tree = new LinkedHashMap<String, Object>();
    List<Compared> different = result.different();
    tree.put("requests", result.compared().size());
    tree.put("same", result.compared().size() - different.size());
    tree.put("different", different.stream().map(TrafficDiffTree::compared).toList());
    tree.put("leftOut", leftOut);
    tree.put("notReached", List.copyOf(result.notReached()));
    return tree;
  }

  private static Map<String, Object> compared(Compared compared) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("method", compared.request().method());
    tree.put("host", compared.request().host());
    tree.put("target", compared.request().target());
    tree.put(
        "differences", compared.differences().stream().map(TrafficDiffTree::difference).toList());
    return tree;
  }

  private static Map<String, Object> difference(Difference difference) {
    return switch (difference) {
      case Difference.Status(int before, int now) -> tree("status", before, now);
      case Difference.Header(String name, List<String> before, List<String> now) -> {
        Map<String, Object> tree = tree("header", before, now);
        tree.put("name", name);
        yield tree;
      }
      case Difference.Body(int at, String before, String now) -> {
        Map<String, Object> tree = tree("body", before, now);
        tree.put("at", at);
        yield tree;
      }
      case Difference.Failure(String before, String now) -> tree("failure", before, now);
    };
  }

  private static Map<String, Object> tree(String what, Object before, Object now) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("what", what);
    tree.put("before", before);
    tree.put("now", now);
    return tree;
  }
}
