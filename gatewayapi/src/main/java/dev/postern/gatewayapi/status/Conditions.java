package dev.postern.gatewayapi.status;

import dev.postern.gatewayapi.status.Condition.Truth;
import java.util.ArrayList;
import java.util.List;

/// Collects the conditions of one object at one generation, in the order in which they are said.
public final class Conditions {
  private final long generation;
  private final List<Condition> conditions = new ArrayList<>(4);

  /// For an object of this generation.
  public Conditions(long generation) {
    this.generation = generation;
  }

  /// All is well; where the condition is True by its own name.
  public Conditions yes(String type, String message) {
    return yes(type, type, message);
  }

  public Conditions yes(String type, String reason, String message) {
    conditions.add(new Condition(type, Truth.TRUE, reason, message, generation));
    return this;
  }

  public Conditions no(String type, String reason, String message) {
    conditions.add(new Condition(type, Truth.FALSE, reason, message, generation));
    return this;
  }

  public List<Condition> list() {
    return List.copyOf(conditions);
  }
}
