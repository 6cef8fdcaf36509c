package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.migrate.Ingress.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One path of one host, with what is found out about it. Lives while one migration runs.
final class Location {
  final Ingress ingress;
  final Path path;
  final int port;

  /// Whether the host has a certificate.
  final boolean tls;

  /// Filters of the rule, by type, so that none comes twice.
  final Map<String, Map<String, Object>> filters = new LinkedHashMap<>();

  /// Further fields of the rule.
  final Map<String, Object> rule = new LinkedHashMap<>();

  private final Map<String, Judgement> judgements = new LinkedHashMap<>();
  final Set<String> aliases = new LinkedHashSet<>();
  private final Set<String> judged = new LinkedHashSet<>();

  boolean regexHost;
  String matchType = "PathPrefix";
  String matchValue;
  boolean httpsRedirect;
  boolean grpc;

  /// Whether a GRPCRoute has its rule.
  boolean grpcRoute;

  boolean served = true;

  Location(Ingress ingress, Path path, int port, boolean tls) {
    this.ingress = ingress;
    this.path = path;
    this.port = port;
    this.tls = tls;
    this.matchValue = path.path();
  }

  boolean has(String annotation) {
    return ingress.annotations().containsKey(annotation);
  }

  /// Trimmed, empty where there is none.
  String value(String annotation) {
    return ingress.annotations().getOrDefault(annotation, "").strip();
  }

  boolean isTrue(String annotation) {
    return value(annotation).equals("true");
  }

  void same(String annotation, String became) {
    judge(annotation, new Verdict.Same(became));
  }

  void different(String annotation, String how) {
    judge(annotation, new Verdict.Different(how));
  }

  void lost(String annotation, String why, String whatToDo) {
    judge(annotation, new Verdict.NotPossible(why, whatToDo));
  }

  private void judge(String annotation, Verdict verdict) {
    if (has(annotation)) {
      judged.add(annotation);
      add(annotation, ingress.annotations().getOrDefault(annotation, ""), verdict);
    }
  }

  boolean isJudged(String annotation) {
    return judged.contains(annotation);
  }

  /// About something else than an annotation.
  void say(String subject, String value, Verdict verdict) {
    add(subject, value, verdict);
  }

  private void add(String subject, String value, Verdict verdict) {
    boolean annotation = has(subject);
    Optional<String> where =
        ingress
            .origin()
            .at(
                annotation
                    ? "metadata.annotations[" + Ingress.PREFIX + subject + "]"
                    : path.field());
    judgements.merge(
        subject,
        new Judgement(ingress.id(), path.host(), path.path(), subject, value, verdict, where),
        (before, now) -> now.verdict().weight() >= before.verdict().weight() ? now : before);
  }

  /// One for each subject: the worst that was said about it, and of equals the last.
  List<Judgement> judgements() {
    return List.copyOf(judgements.values());
  }

  /// Its rule gets no backends, so that nobody is sent where nobody should be.
  void close() {
    served = false;
  }

  void filter(String type, String field, Map<String, Object> value) {
    Map<String, Object> filter = filters.computeIfAbsent(type, key -> Trees.map("type", key));
    if (filter.get(field) instanceof Map<?, ?> before) {
      Map<String, Object> merged = new LinkedHashMap<>();
      before.forEach((key, old) -> merged.put(String.valueOf(key), old));
      merged.putAll(value);
      filter.put(field, merged);
    } else {
      filter.put(field, value);
    }
  }
}
