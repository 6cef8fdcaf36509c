package dev.postern.provider.directory;

import static java.util.stream.Collectors.joining;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.load.LoadedFile;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
/// first counts, of an object that is refused or cannot be read its last good version, or where
/// none is known what stands in for it. The work for a file is in proportion to that file.
final class ObjectStore {
  private static final String LAST_GOOD = "Its last good version stays in use.";
  private static final String CLOSED =
      "Until that is mended, nothing is sent to what it is for, unless another object says how.";

  /// Objects that one finding names.
  private static final int NAMED = 5;

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
  private final Absent absent = new Absent();
  private final StandIns standIns = new StandIns();
  private final Set<ObjectRef> touched = new LinkedHashSet<>();

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
    touched.addAll(absent.put(id, file));
    standIns.put(id, file.standIns());
    setFindings(id, explained(file, kept));
  }

  /// Takes out a file.
  void remove(FileId id) {
    replace(id, objects.getOrDefault(id, List.of()), List.of());
    objects.remove(id);
    touched.addAll(absent.remove(id));
    standIns.put(id, List.of());
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
        more = refused && refs.contains(finding.object().get()) ? LAST_GOOD : "";
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
      all.add(candidate);
      return;
    }
    Candidate other = single.remove(ref);
    if (other == null) {
      single.put(ref, candidate);
      return;
    }
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
      Resource means = winner != null ? winner : standIns.of(ref);
      if (winner == null
          && before != null
          && absent.keeps(ref)
          && (means == null || !before.standsIn())) {
        continue;
      }
      absent.settle(ref);
      if (means != null) {
        Resource now = Generations.stamp(means, before);
        if (!now.equals(before)) {
          served.put(ref, now);
          upserts.add(now);
        }
      } else if (before != null) {
        served.remove(ref);
        removals.add(ref);
      }
    }
    touched.clear();
    absent.endBatch();
    return new ResourceDelta(upserts, removals);
  }

  /// All that hold now, in the order of files.
  List<Finding> findings() {
    List<Finding> all = new ArrayList<>();
    findings.forEach((file, own) -> own.forEach(finding -> all.add(withFate(file, finding))));
    absent.held().forEach((file, refs) -> all.add(holding(file, refs)));
    Map<ObjectRef, NavigableSet<Candidate>> sorted = new TreeMap<>(contested);
    sorted.forEach((ref, candidates) -> addDuplicates(ref, candidates, all));
    return all;
  }

  /// Adds what becomes of an object that another file held before.
  private Finding withFate(FileId file, Finding finding) {
    if (finding.severity() != Severity.ERROR
        || finding.object().isEmpty()
        || !absent.refused(file).contains(finding.object().get())
        || winner(finding.object().get()) != null) {
      return finding;
    }
    Resource inUse = served.get(finding.object().get());
    return inUse == null
        ? finding
        : with(finding, sentence(finding.message()) + (inUse.standsIn() ? CLOSED : LAST_GOOD));
  }

  private static Finding holding(FileId file, Set<ObjectRef> refs) {
    String named = refs.stream().limit(NAMED).map(ObjectRef::toString).collect(joining(", "));
    return new Finding(
        Severity.WARNING,
        Optional.empty(),
        "",
        Optional.of(file.path().toString()),
        "what went away when this file came or changed stays in use, as it may be meant to be in it: "
            + named
            + (refs.size() > NAMED ? " and " + (refs.size() - NAMED) + " more" : "")
            + ". It goes when this file is mended or deleted");
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
}
