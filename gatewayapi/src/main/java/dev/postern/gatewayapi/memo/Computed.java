package dev.postern.gatewayapi.memo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A node whose value follows from what it reads.
abstract class Computed extends Node {
  long stamp;
  private List<Node> dependencies = new ArrayList<>(4);
  private final List<Node> suspects = new ArrayList<>(0);
  private boolean computed;
  private boolean fresh;
  private long verifiedAt;

  Computed(Memo memo) {
    super(memo);
  }

  /// Derives the value anew, inside [#tracked]. Returns whether it differs from the one before.
  abstract boolean compute();

  /// Takes in that only these of the things it reads changed. Returns whether the value differs.
  boolean update(List<Node> changed) {
    return compute();
  }

  @Override
  final void refresh() {
    if (fresh) {
      return;
    }
    List<Node> changed = computed ? changedSuspects() : List.of();
    suspects.clear();
    if (!computed || !changed.isEmpty()) {
      boolean differs = computed ? update(changed) : compute();
      computed = true;
      if (differs) {
        changedAt = memo.revision();
      }
    }
    verifiedAt = memo.revision();
    fresh = true;
  }

  private List<Node> changedSuspects() {
    List<Node> changed = new ArrayList<>(suspects.size());
    for (Node suspect : suspects) {
      suspect.refresh();
      if (suspect.changedAt > verifiedAt) {
        changed.add(suspect);
      }
    }
    return changed;
  }

  /// A dependency may have changed.
  final void suspect(Node dependency) {
    if (suspects.isEmpty() || !suspects.getLast().equals(dependency)) {
      suspects.add(dependency);
    }
    if (fresh) {
      fresh = false;
      suspectReaders();
    }
  }

  final void noteDependency(Node node) {
    if (node.readBy != stamp) {
      node.readBy = stamp;
      dependencies.add(node);
    }
  }

  /// Runs a rule and makes what it read the dependencies.
  final void tracked(Runnable rule) {
    List<Node> before = dependencies;
    dependencies = new ArrayList<>(before.size());
    Computed outer = memo.enter(this);
    try {
      rule.run();
    } finally {
      memo.leave(outer);
      relink(before);
    }
  }

  private void relink(List<Node> before) {
    if (before.equals(dependencies)) {
      return;
    }
    if (!before.isEmpty()) {
      Set<Node> now = new HashSet<>(dependencies);
      for (Node node : before) {
        if (!now.contains(node)) {
          node.removeReader(this);
        }
      }
    }
    for (Node node : dependencies) {
      node.addReader(this);
    }
  }

  /// Starts or stops to depend on a node outside of a [#tracked] run.
  final void link(Node node) {
    node.addReader(this);
  }

  final void unlink(Node node) {
    node.removeReader(this);
  }

  final void releaseDependencies() {
    for (Node node : dependencies) {
      node.removeReader(this);
    }
    dependencies = new ArrayList<>(0);
    fresh = false;
    computed = false;
  }

  /// For a value that may be absent only before the first computation.
  static <V> V computed(@Nullable V value) {
    if (value == null) {
      throw new IllegalStateException("read before it was computed");
    }
    return value;
  }
}
