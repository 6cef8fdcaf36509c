package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.resource.Finding;
import java.util.List;
import java.util.Map;

/// What a migration gives.
///
/// @param objects manifests, as trees, in the order in which they should be applied
/// @param patches for Services that were not in the input: merge patches
/// @param findings besides the judgements: what could not be read, and what to look at
/// @param unverified ports that nobody verifies, or that are spoken to as clients' scheme has it
/// @param looks what somebody saw who looked at these; empty where nobody did
public record Migration(
    List<Map<String, Object>> objects,
    List<ServicePatch> patches,
    List<Judgement> judgements,
    List<Finding> findings,
    List<BackendPort> unverified,
    List<Looked> looks) {
  public Migration {
    objects = List.copyOf(objects);
    patches = List.copyOf(patches);
    judgements = List.copyOf(judgements);
    findings = List.copyOf(findings);
    unverified = List.copyOf(unverified);
    looks = List.copyOf(looks);
  }

  /// A port of a Service.
  ///
  /// @param portName empty where it has none, or is not known
  public record BackendPort(String namespace, String service, int port, String portName) {
    @Override
    public String toString() {
      return namespace + "/" + service + ":" + port;
    }
  }

  /// What a look at a live backend gave.
  ///
  /// @param manifests as text, that would verify it; empty for none
  public record Looked(BackendPort backend, String words, String manifests) {}

  /// The same, with what was seen.
  public Migration withLooks(List<Looked> seen) {
    return new Migration(objects, patches, judgements, findings, unverified, seen);
  }

  /// A strategic merge patch of a Service.
  public record ServicePatch(String namespace, String service, Map<String, Object> patch) {}

  /// How many judgements are of that kind.
  public long count(Class<? extends Verdict> kind) {
    return judgements.stream().filter(judgement -> kind.isInstance(judgement.verdict())).count();
  }

  /// 0 when all is the same, 1 when something is different, 2 when something is lost.
  public int exitCode() {
    boolean unread =
        findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    if (unread || count(Verdict.NotPossible.class) > 0) {
      return 2;
    }
    return count(Verdict.Different.class) > 0 ? 1 : 0;
  }
}
