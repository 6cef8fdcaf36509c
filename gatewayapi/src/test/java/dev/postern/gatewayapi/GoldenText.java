package dev.postern.gatewayapi;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.gatewayapi.status.StatusTree;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Ir;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.dump.IrTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** What the golden files hold: everything that differs from case to case, and short. */
final class GoldenText {
  private static final Map<String, Object> USUAL =
      Map.of(
          "connectTimeout", IrTree.of(Cluster.DEFAULT_CONNECT_TIMEOUT),
          "idleTimeout", IrTree.of(Cluster.DEFAULT_IDLE_TIMEOUT),
          "circuitBreakers", IrTree.of(CircuitBreakers.DEFAULT),
          "outlierDetection", IrTree.of(OutlierDetection.DEFAULT),
          "controllerName", GatewayClass.CONTROLLER);

  private static final Dump YAML =
      new Dump(
          DumpSettings.builder()
              .setDefaultFlowStyle(FlowStyle.BLOCK)
              .setWidth(1000)
              .setDereferenceAliases(true)
              .build());

  private GoldenText() {}

  static String ir(Ir ir) {
    Map<String, Object> tree = IrTree.of(ir);
    return tree.isEmpty() ? "" : YAML.dumpToString(withoutUsual(tree));
  }

  static String statuses(Map<ObjectRef, ObjectStatus> statuses) {
    Map<String, Object> tree = new LinkedHashMap<>();
    new TreeMap<>(statuses)
        .forEach((ref, status) -> {
          if (!(status instanceof ObjectStatus.OfGatewayClass accepted
              && accepted.conditions().stream()
                  .allMatch(c ->
                      c.message().isEmpty()
                          && c.observedGeneration() == Metadata.FIRST_GENERATION))) {
            tree.put(ref.toString(), brief(withoutUsual(StatusTree.of(status))));
          }
        });
    return tree.isEmpty() ? "" : YAML.dumpToString(tree);
  }

  static String findings(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      text.append(finding.severity()).append(' ').append(finding.location().orElse("-"));
      finding.object().ifPresent(object -> text.append(' ').append(object));
      text.append(finding.field().isEmpty() ? "" : " " + finding.field());
      text.append("\n  ").append(finding.message()).append('\n');
    }
    return text.toString();
  }

  private static Object withoutUsual(Object tree) {
    return switch (tree) {
      case Map<?, ?> map -> {
        Map<Object, Object> pruned = new LinkedHashMap<>();
        map.forEach((key, value) -> {
          if (!value.equals(USUAL.get(key))) {
            pruned.put(key, withoutUsual(value));
          }
        });
        yield pruned;
      }
      case List<?> list -> list.stream().map(GoldenText::withoutUsual).toList();
      default -> tree;
    };
  }

  /** A condition becomes one line: {@code Accepted: True Accepted, a message (generation 3)}. */
  private static Object brief(Object tree) {
    return switch (tree) {
      case Map<?, ?> map -> {
        Map<Object, Object> brief = new LinkedHashMap<>();
        map.forEach((key, value) ->
            brief.put(key, key.equals("conditions") ? conditions((List<?>) value) : brief(value)));
        yield brief;
      }
      case List<?> list -> list.stream().map(GoldenText::brief).toList();
      default -> tree;
    };
  }

  private static Map<Object, Object> conditions(List<?> conditions) {
    Map<Object, Object> brief = new LinkedHashMap<>();
    for (Object item : conditions) {
      Map<?, ?> condition = (Map<?, ?>) item;
      String message = condition.get("message").toString();
      long generation = (Long) condition.get("observedGeneration");
      brief.put(
          condition.get("type"),
          condition.get("status")
              + " "
              + condition.get("reason")
              + (message.isEmpty() ? "" : ", " + message)
              + (generation == Metadata.FIRST_GENERATION
                  ? ""
                  : " (generation " + generation + ")"));
    }
    return brief;
  }
}
