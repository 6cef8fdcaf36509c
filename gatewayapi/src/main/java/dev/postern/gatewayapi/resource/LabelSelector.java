package dev.postern.gatewayapi.resource;

import java.util.List;
import java.util.Map;

/// A Kubernetes label selector; empty selects everything.
public record LabelSelector(Map<String, String> matchLabels, List<Requirement> matchExpressions) {

  /// One line of matchExpressions.
  public record Requirement(String key, Operator operator, List<String> values) {
    public Requirement {
      values = List.copyOf(values);
    }

    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
      };
    }
  }

  /// How a requirement compares. A label that is absent satisfies NotIn and DoesNotExist.
  public enum Operator {
    IN,
    NOT_IN,
    EXISTS,
    DOES_NOT_EXIST
  }

  public LabelSelector {
    matchLabels = Map.copyOf(matchLabels);
    matchExpressions = List.copyOf(matchExpressions);
  }

  /// Whether an object with these labels is selected.
  public boolean matches(Map<String, String> labels) {
    return labels.entrySet().containsAll(matchLabels.entrySet())
        && matchExpressions.stream().allMatch(r -> r.matches(labels));
  }
}
