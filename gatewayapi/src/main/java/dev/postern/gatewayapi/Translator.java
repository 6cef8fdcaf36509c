package dev.postern.gatewayapi;

import dev.postern.gatewayapi.explain.Explainer;
import dev.postern.gatewayapi.memo.Gathered;
import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.resolve.BackendPort;
import dev.postern.gatewayapi.resolve.HopKey;
import dev.postern.gatewayapi.resolve.Report;
import dev.postern.gatewayapi.resolve.Resolution;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resolve.hop.RouteKind;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.status.ObjectStatus;
import dev.postern.gatewayapi.translate.Lowering;
import dev.postern.ir.DataPlane;
import dev.postern.ir.Ir;
import dev.postern.ir.VersionedMap;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Judges and lowers the objects. The result is a function of the objects alone: feeding them in
/// one delta or in many gives equal values; the work done for a delta is in proportion to it.
///
/// Not thread-safe: the control loop owns it.
public final class Translator {
  private static final Comparator<Finding> BY_LOCATION =
      Comparator.comparing((Finding f) -> f.location().orElse(""), new LocationOrder())
          .thenComparing(f -> f.object().map(ObjectRef::toString).orElse(""))
          .thenComparing(Finding::field)
          .thenComparing(Finding::message);

  private final Memo memo;
  private final Resolution resolution;
  private final Lowering lowering;
  private final VersionedMap.Edit<ObjectRef, ObjectStatus> statuses =
      VersionedMap.<ObjectRef, ObjectStatus>empty().edit();
  private final Map<ObjectRef, List<Finding>> findings = new HashMap<>();
  private Translation last = Translation.EMPTY;
  private boolean irChanged;

  /// One that nobody waits for.
  public Translator() {
    this(() -> {});
  }

  /// @param breath run often while a delta is taken in, for whoever else wants the processor
  public Translator(Runnable breath) {
    memo = new Memo(breath);
    resolution = new Resolution(memo);
    lowering = new Lowering(memo, resolution);
  }

  /// Takes in what changed and says what it all means now. What did not change is the same instance
  /// as before.
  public Translation apply(ResourceDelta delta) {
    lower(delta);
    return judge();
  }

  /// The first half of [#apply]: what is to be served. [#judge] must follow.
  public Ir lower(ResourceDelta delta) {
    delta.removals().forEach(resolution.objects()::remove);
    delta.upserts().forEach(resolution.objects()::put);
    return lower();
  }

  /// Takes in which sockets the data plane could not bind, and says it in the status.
  public Translation applied(DataPlane.Applied now) {
    resolution.sockets().take(now);
    lower();
    return judge();
  }

  /// How a port of a Service is reached by an HTTPRoute and who decided it, as of the last delta.
  Hop explain(ObjectRef service, int port) {
    return resolution
        .hops()
        .of(new HopKey(new BackendPort(service, port), RouteKind.HTTP, Optional.empty()));
  }

  /// Answers for a person who asks, as of the last delta.
  public Explainer explainer() {
    return new Explainer(resolution, lowering.ir());
  }

  /// How many values were derived so far: the measure of work.
  long derivations() {
    return memo.derivations();
  }

  /// How many values are held in memory.
  long remembered() {
    return memo.size();
  }

  private Ir lower() {
    resolution.settle();
    irChanged |= lowering.update();
    return lowering.ir();
  }

  /// The second half of [#apply]: what is to be said.
  public Translation judge() {
    boolean statusesChanged = false;
    boolean findingsChanged = false;
    for (Gathered.Change<ObjectRef, Report> change : resolution.reports().changes()) {
      statusesChanged |= takeStatus(change);
      findingsChanged |= takeFindings(change);
    }
    memo.sweep();
    if (irChanged || statusesChanged || findingsChanged) {
      last =
          new Translation(
              lowering.ir(), statuses.done(), findingsChanged ? sortedFindings() : last.findings());
    }
    irChanged = false;
    return last;
  }

  private boolean takeStatus(Gathered.Change<ObjectRef, Report> change) {
    ObjectStatus before = statuses.get(change.key());
    ObjectStatus now = change.after().flatMap(Report::status).orElse(null);
    if (Objects.equals(now, before)) {
      return false;
    }
    if (now == null) {
      statuses.remove(change.key());
    } else {
      statuses.put(change.key(), now);
    }
    return true;
  }

  private boolean takeFindings(Gathered.Change<ObjectRef, Report> change) {
    List<Finding> now = change.after().map(Report::findings).orElse(List.of());
    List<Finding> before =
        now.isEmpty() ? findings.remove(change.key()) : findings.put(change.key(), now);
    return !now.equals(before == null ? List.of() : before);
  }

  private List<Finding> sortedFindings() {
    return findings.values().stream().flatMap(List::stream).sorted(BY_LOCATION).toList();
  }
}
