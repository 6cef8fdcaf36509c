package dev.postern.gatewayapi.memo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A node whose value follows from what it reads.
abstract class Computed extends Node {
  static final Computed[] NOBODY = new Computed[0];
  private static final Node[] NOTHING = new Node[0];

  long stamp;
  private Node[] dependencies = NOTHING;

  /// Null for none.
  private @Nullable List<Node> suspects;

  private boolean computed;
  private boolean fresh;
  private long verifiedAt;

  Computed(Memo memo) {
    super(memo);
  }

  /// Derives the value anew, inside [#track]. Returns whether it differs from the one before.
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
    suspects = null;
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
    if (suspects == null) {
      return List.of();
    }
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
    if (suspects == null) {
      suspects = new ArrayList<>(1);
      suspects.add(dependency);
    } else if (!suspects.getLast().equals(dependency)) {
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
      memo.noteDependency(node);
    }
  }

  /// What [#track] runs.
  void derive() {}

  /// Runs [#derive] and makes what it read the dependencies.
  final void track() {
    Node[] before = dependencies;
    Computed outer = memo.enter(this);
    int mark = memo.mark();
    try {
      derive();
    } finally {
      memo.leave(outer);
      dependencies = memo.dependenciesSince(mark);
      relink(before);
    }
  }

  private void relink(Node[] before) {
    if (Arrays.equals(before, dependencies)) {
      return;
    }
    if (before.length > 0) {
      Set<Node> now = new HashSet<>(Arrays.asList(dependencies));
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

  /// Starts or stops to depend on a node outside of a [#track].
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
    dependencies = NOTHING;
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
