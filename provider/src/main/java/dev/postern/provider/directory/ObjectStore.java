package dev.postern.provider.directory;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What every file holds, and what follows from all of them together: of two equal objects the
/// first counts, of an object that is refused or cannot be read its last good version. The work for
/// a file is in proportion to that file.
final class ObjectStore {

  /// An object of a file.
  ///
  /// @param index its place in the file
  private record Candidate(FileId file, int index, Resource resource)
      implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate that) {
      int byFile = file.compareTo(that.file);
      return byFile != 0 ? byFile : Integer.compare(index, that.index);
    }
  }

  private final Map<FileId, List<Resource>> objects = new HashMap<>();
  private final TreeMap<FileId, List<Finding>> findings = new TreeMap<>();
  private final Map<ObjectRef, Candidate> single = new HashMap<>();
  private final Map<ObjectRef, NavigableSet<Candidate>> contested = new HashMap<>();
  private final Map<ObjectRef, Resource> served = new HashMap<>();
  private final Set<ObjectRef> touched = new LinkedHashSet<>();
  private boolean findingsChanged;

  /// Takes in a file, new or read again.
  void put(FileId id, LoadedFile file) {
    List<Resource> before = objects.getOrDefault(id, List.of());
    List<Resource> kept = kept(before, file);
    List<Resource> now = file.resources();
    if (!kept.isEmpty()) {
      now = new ArrayList<>(now);
      now.addAll(kept);
    }
    replace(id, before, now);
    setFindings(id, explained(file, kept));
  }

  /// Takes out a file.
  void remove(FileId id) {
    replace(id, objects.getOrDefault(id, List.of()), List.of());
    objects.remove(id);
    setFindings(id, List.of());
  }

  /// What stays from the version of the file before.
  private static List<Resource> kept(List<Resource> before, LoadedFile file) {
    if (before.isEmpty() || (file.whole() && file.rejected().isEmpty())) {
      return List.of();
    }
    Set<ObjectRef> accepted = new HashSet<>();
    for (Resource resource : file.resources()) {
      accepted.add(resource.ref());
    }
    List<Resource> kept = new ArrayList<>();
    for (Resource resource : before) {
      ObjectRef ref = resource.ref();
      if (!accepted.contains(ref) && (!file.whole() || file.rejected().contains(ref))) {
        kept.add(resource);
      }
    }
    return kept;
  }

  private static List<Finding> explained(LoadedFile file, List<Resource> kept) {
    if (kept.isEmpty()) {
      return file.findings();
    }
    Set<ObjectRef> refs = new HashSet<>();
    for (Resource resource : kept) {
      refs.add(resource.ref());
    }
    List<Finding> explained = new ArrayList<>();
    for (Finding finding : file.findings()) {
      String more = "";
      if (finding.object().isPresent()) {
        boolean refused = finding.severity() == Severity.ERROR;
        more =
            refused && refs.contains(finding.object().get())
                ? "Its last good version stays in use."
                : "";
      } else if (!file.whole() && finding.severity() != Severity.NOTE) {
        more = "What this file held before stays in use.";
      }
      explained.add(more.isEmpty() ? finding : with(finding, sentence(finding.message()) + more));
    }
    return explained;
  }

  private static String sentence(String message) {
    boolean ended = message.endsWith(".") || message.endsWith("?");
    return message + (ended ? " " : ". ");
  }

  private static Finding with(Finding finding, String message) {
    return new Finding(
        finding.severity(), finding.object(), finding.field(), finding.location(), message);
  }

  private void setFindings(FileId id, List<Finding> now) {
    List<Finding> before = findings.getOrDefault(id, List.of());
    if (!before.equals(now)) {
      findingsChanged = true;
      if (now.isEmpty()) {
        findings.remove(id);
      } else {
        findings.put(id, now);
      }
    }
  }

  private void replace(FileId id, List<Resource> before, List<Resource> now) {
    for (int i = 0; i < before.size(); i++) {
      removeCandidate(before.get(i).ref(), new Candidate(id, i, before.get(i)));
    }
    for (int i = 0; i < now.size(); i++) {
      addCandidate(now.get(i).ref(), new Candidate(id, i, now.get(i)));
    }
    objects.put(id, now);
  }

  private void removeCandidate(ObjectRef ref, Candidate candidate) {
    touched.add(ref);
    NavigableSet<Candidate> all = contested.get(ref);
    if (all == null) {
      single.remove(ref);
      return;
    }
    findingsChanged = true;
    all.remove(candidate);
    if (all.size() == 1) {
      contested.remove(ref);
      single.put(ref, all.first());
    }
  }

  private void addCandidate(ObjectRef ref, Candidate candidate) {
    touched.add(ref);
    NavigableSet<Candidate> all = contested.get(ref);
    if (all != null) {
      findingsChanged = true;
      all.add(candidate);
      return;
    }
    Candidate other = single.remove(ref);
    if (other == null) {
      single.put(ref, candidate);
      return;
    }
    findingsChanged = true;
    NavigableSet<Candidate> both = new TreeSet<>();
    both.add(other);
    both.add(candidate);
    contested.put(ref, both);
  }

  private @Nullable Resource winner(ObjectRef ref) {
    NavigableSet<Candidate> all = contested.get(ref);
    if (all != null) {
      return all.first().resource();
    }
    Candidate one = single.get(ref);
    return one == null ? null : one.resource();
  }

  /// What changed since it was asked the last time.
  ResourceDelta takeDelta() {
    List<Resource> upserts = new ArrayList<>();
    List<ObjectRef> removals = new ArrayList<>();
    for (ObjectRef ref : touched) {
      Resource winner = winner(ref);
      Resource before = served.get(ref);
      if (winner == null) {
        if (served.remove(ref) != null) {
          removals.add(ref);
        }
      } else {
        Resource now = Generations.stamp(winner, before);
        if (!now.equals(before)) {
          served.put(ref, now);
          upserts.add(now);
        }
      }
    }
    touched.clear();
    return new ResourceDelta(upserts, removals);
  }

  /// Whether [#findings] may differ since this was asked the last time.
  boolean takeFindingsChanged() {
    boolean changed = findingsChanged;
    findingsChanged = false;
    return changed;
  }

  /// All that hold now, in the order of files.
  List<Finding> findings() {
    List<Finding> all = new ArrayList<>();
    findings.values().forEach(all::addAll);
    Map<ObjectRef, NavigableSet<Candidate>> sorted = new TreeMap<>(contested);
    sorted.forEach((ref, candidates) -> addDuplicates(ref, candidates, all));
    return all;
  }

  private static void addDuplicates(
      ObjectRef ref, NavigableSet<Candidate> candidates, List<Finding> all) {
    Optional<String> first = candidates.first().resource().origin().at("");
    for (Candidate candidate : candidates.tailSet(candidates.first(), false)) {
      all.add(
          new Finding(
              Severity.ERROR,
              Optional.of(ref),
              "",
              candidate.resource().origin().at(""),
              ref
                  + " is at "
                  + first.orElse("another place")
                  + " already, and that one counts; remove one of them"));
    }
  }

  /// Objects by kind's name, for a line of a log.
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (ObjectRef ref : served.keySet()) {
      counts.merge(ref.kind().kind(), 1, Integer::sum);
    }
    return counts;
  }
}
