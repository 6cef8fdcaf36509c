package dev.postern.app.control;

import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.ir.DataPlane;
import dev.postern.ir.Ir;
import dev.postern.provider.Breath;
import dev.postern.provider.Provider;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One round per update of the provider: objects to meaning, meaning to traffic, what could not be
/// done back into the statuses, and the result published.
///
/// Runs in the thread that brings the update, one at a time as [Provider.Subscriber] promises. A
/// slow round therefore holds the provider back, which then reads several changes as one.
public final class ControlLoop implements Provider.Subscriber {

  /// Hears of each round.
  @FunctionalInterface
  public interface Listener {
    void onRound(Round round);
  }

  /// What one round did.
  ///
  /// @param added objects that are new; not worth looking at in the first round
  /// @param changed objects that differ, perhaps only in where they stand
  /// @param removed objects that are gone
  public record Round(
      Snapshot before,
      Snapshot now,
      List<ObjectRef> added,
      List<ObjectRef> changed,
      List<ObjectRef> removed) {}

  private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

  /// So many objects are worth a thread for a moment.
  private static final int MANY = 1_000;

  private final Translator translator = new Translator(new Breath());
  private final Supplier<? extends DataPlane> dataPlane;
  private final Listener listener;
  private final Map<ObjectRef, Origin> origins = new ConcurrentHashMap<>();
  private final Map<ObjectRef, Origin> originsView = Collections.unmodifiableMap(origins);
  private DataPlane.Applied applied = DataPlane.Applied.ALL_BOUND;
  private volatile Snapshot snapshot = Snapshot.NONE;
  private volatile boolean stopped;

  /// @param dataPlane asked for when the first ir is there, so that it can be made meanwhile
  public ControlLoop(Supplier<? extends DataPlane> dataPlane, Listener listener) {
    this.dataPlane = dataPlane;
    this.listener = listener;
  }

  /// The newest round's.
  public Snapshot snapshot() {
    return snapshot;
  }

  /// From now on nothing is applied any more, not even by a round that is under way.
  public void stop() {
    stopped = true;
  }

  @Override
  public void onUpdate(Provider.Update update) {
    try {
      takeRound(update);
    } catch (RuntimeException e) {
      // A fault of ours. What is served goes on being served.
      LOG.error("a change could not be taken, the configuration before it stays in force", e);
    }
  }

  private void takeRound(Provider.Update update) {
    var added = new ArrayList<ObjectRef>();
    var changed = new ArrayList<ObjectRef>();
    for (Resource resource : update.delta().upserts()) {
      boolean isNew = origins.put(resource.ref(), resource.origin()) == null;
      (isNew ? added : changed).add(resource.ref());
    }
    List<ObjectRef> removed = update.delta().removals();
    removed.forEach(origins::remove);
    Ir ir = translator.lower(update.delta());
    if (stopped) {
      return;
    }
    Supplier<DataPlane.Applied> applying = apply(ir, update.delta().upserts().size());
    Translation meaning = translator.judge();
    DataPlane.Applied now = applying.get();
    if (!now.equals(applied)) {
      meaning = translator.applied(now);
      applied = now;
    }
    Snapshot before = snapshot;
    Snapshot after =
        new Snapshot(
            before.version() + 1,
            Instant.now(),
            meaning,
            update.findings(),
            applied.listenerErrors(),
            originsView);
    snapshot = after;
    listener.onRound(new Round(before, after, added, changed, removed));
  }

  /// The data plane takes many changes while the statuses of their objects are made.
  private Supplier<DataPlane.Applied> apply(Ir ir, int changes) {
    if (changes < MANY) {
      return () -> dataPlane.get().apply(ir);
    }
    var applying = new FutureTask<>(() -> dataPlane.get().apply(ir));
    Thread.ofPlatform().daemon().name("control-apply").start(applying);
    return () -> {
      try {
        return applying.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    };
  }
}
