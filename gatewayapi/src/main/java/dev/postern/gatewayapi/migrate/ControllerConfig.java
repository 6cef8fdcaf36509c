package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The controller's own ConfigMap.
record ControllerConfig(String id, Map<String, String> data) {
  static ControllerConfig among(
      List<Document> documents, MigrationOptions options, Findings findings) {
    return new ControllerConfig("", Map.of());
  }

  String value(String key) {
    return data.getOrDefault(key, "").strip();
  }

  boolean isTrue(String key) {
    return value(key).equals("true");
  }

  Map<String, String> defaultsFor(Map<String, String> own) {
    return Map.of();
  }

  StrictTransport hsts() {
    return StrictTransport.of(data);
  }

  String unknownHsts() {
    return "";
  }

  int redirectCode() {
    return 308;
  }

  Map<String, Object> tlsOptions() {
    return Map.of();
  }

  Map<String, String> guards() {
    return Map.of();
  }

  Judgement judgement(String key, String subject, String value, Verdict verdict) {
    return new Judgement(id, "", "", subject, value, verdict, Optional.empty());
  }

  List<Judgement> judgements(List<Location> locations, List<Ingress> ingresses) {
    return List.of();
  }
}
