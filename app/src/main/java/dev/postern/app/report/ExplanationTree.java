package dev.postern.app.report;

import dev.postern.gatewayapi.explain.Explanation;
import dev.postern.gatewayapi.explain.Explanation.Backend;
import dev.postern.gatewayapi.explain.Explanation.Place;
import dev.postern.gatewayapi.explain.Explanation.Rule;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.util.LinkedHashMap;
import java.util.Map;

/// An [Explanation] as maps, lists, strings, numbers and truth values, for `-o json` and `-o yaml`.
///
/// Programs rely on it: keys may be added, none changes its meaning or goes away.
/// docs/explaining.md describes it.
public final class ExplanationTree {
  private ExplanationTree() {}

  /// The tree.
  public static Map<String, Object> of(Explanation explanation) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("reached", explanation.isReached());
    tree.put("places", explanation.places().stream().map(ExplanationTree::place).toList());
    return tree;
  }

  private static Map<String, Object> place(Place place) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("gateway", reference(place.gateway()));
    place.listener().ifPresent(listener -> tree.put("listener", listener));
    place.socket().ifPresent(socket -> tree.put("socket", socket));
    tree.put("rules", place.rules().stream().map(ExplanationTree::rule).toList());
    if (place.rules().isEmpty()) {
      tree.put("problem", place.otherwise());
    }
    return tree;
  }

  private static Map<String, Object> rule(Rule rule) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("route", reference(rule.route()));
    tree.put("rule", rule.rule());
    rule.match().ifPresent(match -> tree.put("match", match));
    rule.location().ifPresent(location -> tree.put("location", location));
    tree.put("filters", rule.filters());
    tree.put("closed", rule.closed());
    tree.put("unserved", rule.unserved());
    rule.authorization().ifPresent(asked -> tree.put("authorization", asked(asked)));
    tree.put("backends", rule.backends().stream().map(ExplanationTree::backend).toList());
    return tree;
  }

  private static Map<String, Object> asked(Backend asked) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("name", asked.name());
    reached(asked, tree);
    return tree;
  }

  private static Map<String, Object> backend(Backend backend) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("name", backend.name());
    tree.put("weight", backend.ref().weight());
    reached(backend, tree);
    return tree;
  }

  private static void reached(Backend backend, Map<String, Object> tree) {
    tree.put("reached", backend.isReached());
    if (!backend.isReached()) {
      tree.put("problem", backend.problem());
    }
    tree.put("clusters", backend.clusters());
    backend
        .hop()
        .ifPresent(hop -> {
          var answers = new LinkedHashMap<String, Object>();
          hop.trail().forEach(step -> answers.put(key(step.question()), step(step)));
          tree.put("hop", answers);
        });
    if (!backend.note().isEmpty()) {
      tree.put("note", backend.note());
    }
  }

  /// Not made from the constants' names, which may change.
  static String key(Hop.Question question) {
    return switch (question) {
      case PROTOCOL -> "protocol";
      case TLS -> "tls";
      case SNI -> "sni";
      case TRUST -> "trust";
      case NAMES -> "names";
      case CLIENT_CERTIFICATE -> "clientCertificate";
      case ALPN -> "alpn";
      case TLS_PARAMETERS -> "tlsParameters";
      case FAST_CGI -> "fastCGI";
      case CONNECT_TIMEOUT -> "connectTimeout";
      case IDLE_TIMEOUT -> "idleTimeout";
      case STREAM_IDLE_TIMEOUT -> "streamIdleTimeout";
      case CIRCUIT_BREAKERS -> "circuitBreakers";
      case LB_POLICY -> "loadBalancing";
      case HEALTH_CHECK -> "healthCheck";
      case OUTLIER_DETECTION -> "outlierDetection";
      case RETRY_BUDGET -> "retryBudget";
      case SESSION_PERSISTENCE -> "sessionPersistence";
    };
  }

  private static Map<String, Object> step(Hop.Step step) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("answer", step.answer());
    tree.put("decidedBy", source(step.decidedBy()));
    tree.put("overruled", step.overruled().stream().map(ExplanationTree::source).toList());
    return tree;
  }

  private static Map<String, Object> source(Hop.Source source) {
    var tree = new LinkedHashMap<String, Object>();
    source.object().ifPresent(object -> tree.put("object", reference(object)));
    tree.put("field", source.field());
    tree.put("value", source.value());
    return tree;
  }

  private static Map<String, Object> reference(ObjectRef ref) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("group", ref.kind().group());
    tree.put("kind", ref.kind().kind());
    tree.put("namespace", ref.namespace());
    tree.put("name", ref.name());
    return tree;
  }
}
