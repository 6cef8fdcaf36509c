package dev.postern.app.report;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What `check` says about a folder.
///
/// @param findings worst first, then by location
/// @param objects every object that has conditions or should have, classes and Gateways first
public record Report(List<Finding> findings, List<JudgedObject> objects) {

  /// Those whose status is somebody's to write, in the order of reading.
  private static final List<Kind> KINDS =
      List.of(
          Kind.GATEWAY_CLASS,
          Kind.GATEWAY,
          Kind.LISTENER_SET,
          Kind.HTTP_ROUTE,
          Kind.GRPC_ROUTE,
          Kind.TLS_ROUTE,
          Kind.TCP_ROUTE,
          Kind.UDP_ROUTE,
          Kind.BACKEND_TLS_POLICY,
          Kind.BACKEND_CONNECTION_POLICY);

  /// One object.
  ///
  /// @param judgements empty where nothing judges it, as it belongs to no Gateway of ours
  public record JudgedObject(ObjectRef ref, Origin origin, List<Judgement> judgements) {
    public JudgedObject {
      judgements = List.copyOf(judgements);
    }
  }

  public Report {
    findings = List.copyOf(findings);
    objects = List.copyOf(objects);
  }

  /// Puts it together.
  ///
  /// @param origins of every object that was read
  public static Report of(
      List<Finding> readFindings,
      List<Finding> findings,
      Map<ObjectRef, ObjectStatus> statuses,
      Map<ObjectRef, Origin> origins) {
    var objects = new ArrayList<JudgedObject>();
    var refs = new TreeSet<>(Report::inOrderOfReading);
    refs.addAll(statuses.keySet());
    origins.keySet().stream().filter(ref -> KINDS.contains(ref.kind())).forEach(refs::add);
    for (ObjectRef ref : refs) {
      Origin origin = origins.getOrDefault(ref, Origin.UNKNOWN);
      ObjectStatus status = statuses.get(ref);
      List<Judgement> judgements = status == null ? List.of() : Judgement.of(ref, status, origin);
      objects.add(new JudgedObject(ref, origin, judgements));
    }
    List<Finding> sorted =
        Stream.concat(readFindings.stream(), findings.stream())
            .distinct()
            .sorted(FindingText.WORST_FIRST)
            .toList();
    return new Report(sorted, objects);
  }

  private static int inOrderOfReading(ObjectRef a, ObjectRef b) {
    int byKind = Integer.compare(rank(a), rank(b));
    return byKind != 0 ? byKind : a.compareTo(b);
  }

  private static int rank(ObjectRef ref) {
    int index = KINDS.indexOf(ref.kind());
    return index < 0 ? KINDS.size() : index;
  }

  /// How many conditions there are.
  public long conditions() {
    return objects.stream().mapToLong(object -> object.judgements().size()).sum();
  }

  /// How many conditions have that mark.
  public long conditions(Mark mark) {
    return objects.stream()
        .flatMap(object -> object.judgements().stream())
        .filter(judgement -> judgement.mark() == mark)
        .count();
  }

  /// How many findings are that bad.
  public long findings(Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }

  /// Objects that no Gateway of ours has to do with: not an error, seldom meant.
  public List<ObjectRef> unjudged() {
    return objects.stream()
        .filter(object -> object.judgements().isEmpty())
        .map(JudgedObject::ref)
        .toList();
  }

  /// Whether a finding is about that object.
  boolean isExplained(ObjectRef ref) {
    return findings.stream().anyMatch(finding -> finding.object().filter(ref::equals).isPresent());
  }

  /// The worst that there is in it.
  public Mark mark() {
    if (conditions(Mark.BAD) > 0 || findings(Severity.ERROR) > 0) {
      return Mark.BAD;
    }
    boolean warns =
        conditions(Mark.WARNING) > 0 || findings(Severity.WARNING) > 0 || !unjudged().isEmpty();
    return warns ? Mark.WARNING : Mark.GOOD;
  }
}
