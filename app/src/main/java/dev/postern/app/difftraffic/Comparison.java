package dev.postern.app.difftraffic;

import dev.postern.app.difftraffic.Answer.Response;
import dev.postern.app.difftraffic.RecordedRequest.Field;
import dev.postern.app.probe.PeerText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The rules about what two answers to the same request must have in common.
///
/// @param ignoredHeaders names of fields that may differ, besides those that always may
/// @param ignoredBodies statuses, such as `404` or `5xx`, of which the bodies may differ
public record Comparison(Set<String> ignoredHeaders, Set<String> ignoredBodies) {
  private static final int EXCERPT = 60;

  /// Of the connection, of the message's frame, of the moment, or of the gateway itself.
  private static final Set<String> MUST_DIFFER =
      Set.of(
          "age",
          "alt-svc",
          "connection",
          "content-length",
          "date",
          "keep-alive",
          "proxy-connection",
          "server",
          "trailer",
          "transfer-encoding",
          "via",
          "x-request-id");

  /// Fields about a body.
  private static final Set<String> OF_BODY = Set.of("content-type", "etag", "last-modified");

  /// Lists whose order means nothing (RFC 9110, 10.2.1 and 12.5.5; the fetch standard, 3.3).
  private static final Set<String> SETS =
      Set.of(
          "access-control-allow-headers",
          "access-control-allow-methods",
          "access-control-expose-headers",
          "allow",
          "vary");

  public Comparison {
    ignoredHeaders = lowerCase(ignoredHeaders);
    ignoredBodies = lowerCase(ignoredBodies);
  }

  private static Set<String> lowerCase(Set<String> names) {
    var lower = new TreeSet<String>();
    names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
    return lower;
  }

  /// Status first, then fields by name, then the body.
  public List<Difference> of(Answer before, Answer now) {
    if (before instanceof Response first && now instanceof Response second) {
      return of(first, second);
    }
    String one = failure(before);
    String other = failure(now);
    return one.equals(other) ? List.of() : List.of(new Difference.Failure(one, other));
  }

  private static String failure(Answer answer) {
    return switch (answer) {
      case Response _ -> "";
      case Answer.Broken(String why) -> why;
      case Answer.Unreached(String why) -> "not reached: " + why;
    };
  }

  private List<Difference> of(Response before, Response now) {
    var differences = new ArrayList<Difference>();
    if (before.status() != now.status()) {
      differences.add(new Difference.Status(before.status(), now.status()));
    }
    boolean bodies = !isIgnored(before.status()) || !isIgnored(now.status());
    headers(before, now, bodies, differences);
    if (bodies) {
      body(before, now, differences);
    }
    return differences;
  }

  private boolean isIgnored(int status) {
    return ignoredBodies.contains(status + "") || ignoredBodies.contains(status / 100 + "xx");
  }

  private void headers(
      Response before, Response now, boolean bodies, List<Difference> differences) {
    var names = new TreeMap<String, String>();
    Stream.concat(now.fields().stream(), before.fields().stream())
        .map(Field::name)
        .forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
    names.keySet().removeAll(MUST_DIFFER);
    names.keySet().removeAll(ignoredHeaders);
    if (!bodies) {
      names.keySet().removeAll(OF_BODY);
    }
    names.forEach((lower, name) -> {
      List<String> first = before.values(name);
      List<String> second = now.values(name);
      if (!comparable(lower, first).equals(comparable(lower, second))) {
        differences.add(
            new Difference.Header(PeerText.clean(name), shown(lower, first), shown(lower, second)));
      }
    });
  }

  private static List<String> comparable(String name, List<String> values) {
    if (name.equals("set-cookie")) {
      return values.stream().map(SetCookie::comparable).sorted().toList();
    }
    // One line of a list or several mean the same (RFC 9110, 5.2).
    Stream<String> elements = Arrays.stream(String.join(",", values).split(",")).map(String::strip);
    if (SETS.contains(name)) {
      elements = elements.map(element -> element.toLowerCase(Locale.ROOT)).sorted().distinct();
    }
    return values.isEmpty() ? List.of("") : elements.toList();
  }

  private static List<String> shown(String name, List<String> values) {
    return values.stream()
        .map(value -> PeerText.clean(name.equals("set-cookie") ? SetCookie.shown(value) : value))
        .toList();
  }

  /// Of bodies that were cut only what was read counts.
  private static void body(Response before, Response now, List<Difference> differences) {
    byte[] first = before.body();
    byte[] second = now.body();
    int at = Arrays.mismatch(first, second);
    boolean onlyCut =
        at >= 0 && ((at == first.length && before.cut()) || (at == second.length && now.cut()));
    if (at >= 0 && !onlyCut) {
      differences.add(new Difference.Body(at, excerpt(first, at), excerpt(second, at)));
    }
  }

  private static String excerpt(byte[] body, int at) {
    int from = Math.max(0, at - EXCERPT / 4);
    int to = Math.min(body.length, from + EXCERPT);
    return PeerText.clean(
        from < to ? new String(body, from, to - from, StandardCharsets.US_ASCII) : "");
  }
}
