package dev.postern.proxy.route;

import dev.postern.ir.HeaderMatch;
import dev.postern.ir.PathMatch;
import dev.postern.ir.QueryMatch;
import dev.postern.ir.Route;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One route, compiled, with its place in the list and what must hold besides its place in the path
/// table.
final class Candidate {
  private static final Condition[] NONE = {};

  final int rank;
  final Object action;
  private final byte @Nullable [] method;
  private final Condition[] conditions;

  /// Something about a request that must hold.
  interface Condition {
    boolean holds(RequestHead head);
  }

  private Candidate(int rank, Object action, byte @Nullable [] method, Condition[] conditions) {
    this.rank = rank;
    this.action = action;
    this.method = method;
    this.conditions = conditions;
  }

  static Candidate compile(int rank, Route route, Object action) {
    List<Condition> conditions = new ArrayList<>(0);
    try {
      for (HeaderMatch header : route.match().headers()) {
        conditions.add(HeaderCondition.of(header));
      }
      for (QueryMatch query : route.match().queryParameters()) {
        conditions.add(QueryCondition.of(query));
      }
      if (route.match().path() instanceof PathMatch.Regex(String re2)) {
        conditions.add(new PathCondition(re2));
      }
    } catch (com.google.re2j.PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "route " + route.name() + ": not a regular expression in RE2 syntax: " + e.getPattern(),
          e);
    }
    byte[] method = route.match().method().map(Octets::ascii).orElse(null);
    return new Candidate(rank, action, method, conditions.toArray(NONE));
  }

  boolean matches(RequestHead head) {
    if (method != null && !head.methodIs(method)) {
      return false;
    }
    for (Condition condition : conditions) {
      if (!condition.holds(head)) {
        return false;
      }
    }
    return true;
  }
}
