package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.MetadataSchema.lineOf;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The CEL rules of HTTPRoute.
final class HttpRouteRules {
  private static final int MATCHES_IN_ALL = 128;

  /// Filter types and the field that belongs to each.
  private static final Map<String, String> FIELD_OF_TYPE =
      Map.of(
          "RequestHeaderModifier", "requestHeaderModifier",
          "ResponseHeaderModifier", "responseHeaderModifier",
          "RequestMirror", "requestMirror",
          "RequestRedirect", "requestRedirect",
          "URLRewrite", "urlRewrite",
          "ExtensionRef", "extensionRef",
          "CORS", "cors",
          "ExternalAuth", "externalAuth");

  private static final List<String> ONCE =
      List.of(
          "CORS",
          "RequestHeaderModifier",
          "ResponseHeaderModifier",
          "RequestRedirect",
          "URLRewrite");

  private HttpRouteRules() {}

  /// The field in which a filter of that type says more.
  static String fieldOf(String type) {
    return FIELD_OF_TYPE.getOrDefault(type, "");
  }

  static void pathValue(Fields path, Reporter report) {
    String type = path.textOrEmpty("type");
    String value = path.textOrEmpty("value");
    if (type.equals("RegularExpression")) {
      return;
    }
    int line = lineOf(path, "value");
    List<String> problems = new ArrayList<>();
    if (!value.startsWith("/")) {
      problems.add("must start with '/'");
    }
    for (String part : List.of("//", "/./", "/../", "%2f", "%2F", "#")) {
      if (value.contains(part)) {
        problems.add("must not contain '" + part + "'");
      }
    }
    for (String end : List.of("/..", "/.")) {
      if (value.endsWith(end)) {
        problems.add("must not end with '" + end + "'");
      }
    }
    if (!value.isEmpty() && !value.contains("#") && !TextFormat.URL_PATH.matches(value)) {
      problems.add("must be " + TextFormat.URL_PATH.words());
    }
    for (String problem : problems) {
      report.error(
          "value", line, "'" + Checker.shown(value) + "' " + problem + " with type " + type);
    }
  }

  static void pathModifierFits(Fields modifier, Reporter report) {
    String type = modifier.textOrEmpty("type");
    pair(modifier, report, type, "ReplaceFullPath", "replaceFullPath");
    pair(modifier, report, type, "ReplacePrefixMatch", "replacePrefixMatch");
  }

  static void authProtocolFits(Fields auth, Reporter report) {
    String protocol = auth.textOrEmpty("protocol");
    for (String field : List.of("grpc", "http")) {
      String wanted = field.equals("grpc") ? "GRPC" : "HTTP";
      if (protocol.equals(wanted) && !auth.has(field)) {
        report.error("", 0, "protocol " + wanted + " needs the field " + field);
      } else if (!protocol.equals(wanted) && auth.has(field)) {
        report.error(
            field, lineOf(auth, field), "the field " + field + " needs protocol " + wanted);
      }
    }
  }

  static void filterFitsType(Fields filter, Reporter report) {
    String type = filter.textOrEmpty("type");
    for (String known : FIELD_OF_TYPE.keySet().stream().sorted().toList()) {
      pair(filter, report, type, known, fieldOf(known));
    }
  }

  private static void pair(Fields union, Reporter report, String type, String known, String field) {
    if (type.equals(known) && !union.has(field)) {
      report.error("", 0, "type " + known + " needs the field " + field);
    } else if (!type.equals(known) && union.has(field)) {
      report.error(
          field,
          lineOf(union, field),
          "the field " + field + " does not go with type " + type + "; it needs type " + known);
    }
  }

  static void filtersOnce(Items filters, Reporter report) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < filters.list().size(); i++) {
      if (filters.list().get(i) instanceof Fields filter) {
        String type = filter.textOrEmpty("type");
        Integer before = first.putIfAbsent(type, i);
        if (before != null && ONCE.contains(type)) {
          report.error(
              "[" + i + "]",
              filter.line(),
              "a filter of type " + type + " is at [" + before + "] already; one is allowed");
        }
      }
    }
    if (first.containsKey("RequestRedirect") && first.containsKey("URLRewrite")) {
      report.error("", 0, "RequestRedirect and URLRewrite do not go together; keep one of them");
    }
  }

  static void fractionAtMostOne(Fields fraction, Reporter report) {
    if (fraction.number("numerator") > fraction.number("denominator")) {
      report.error("", 0, "the numerator must not be greater than the denominator");
    }
  }

  static void percentOrFraction(Fields mirror, Reporter report) {
    if (mirror.has("percent") && mirror.has("fraction")) {
      report.error("", 0, "percent and fraction do not go together; keep one of them");
    }
  }

  static void starAlone(Items items, Reporter report) {
    boolean star =
        items.list().stream()
            .anyMatch(item -> item instanceof Scalar scalar && scalar.text().equals("*"));
    if (star && items.list().size() > 1) {
      report.error("", 0, "'*' stands for all and must be alone in the list");
    }
  }

  static void sessionFits(Fields session, Reporter report) {
    Fields cookie = session.map("cookieConfig");
    if (cookie == null) {
      return;
    }
    if (cookie.textOrEmpty("lifetimeType").equals("Permanent") && !session.has("absoluteTimeout")) {
      report.error("", 0, "a cookie with lifetimeType Permanent needs an absoluteTimeout");
    }
    if (!session.textOrEmpty("type").equals("Cookie")) {
      report.error(
          "cookieConfig", lineOf(session, "cookieConfig"), "cookieConfig needs type Cookie");
    }
  }

  static void timeoutsFit(Fields timeouts, Reporter report) {
    String request = timeouts.text("request");
    String backend = timeouts.text("backendRequest");
    if (request == null || backend == null) {
      return;
    }
    long whole = Durations.parse(request);
    if (whole != 0 && Durations.parse(backend) > whole) {
      report.error(
          "backendRequest",
          lineOf(timeouts, "backendRequest"),
          "the backendRequest timeout ("
              + backend
              + ") must not be longer than the request timeout"
              + " ("
              + request
              + "), which includes it");
    }
  }

  static void redirectWithoutBackends(Fields rule, Reporter report) {
    if (rule.items("backendRefs").isEmpty()) {
      return;
    }
    List<Fields> filters = rule.maps("filters");
    for (int i = 0; i < filters.size(); i++) {
      if (filters.get(i).has("requestRedirect")) {
        report.error(
            "filters[" + i + "]",
            filters.get(i).line(),
            "a rule that redirects has no use for backendRefs; remove one of them");
      }
    }
  }

  /// Replacing the matched prefix needs to know which prefix that is.
  static void prefixReplacedOnce(Fields rule, Reporter report) {
    if (onePrefix(rule)) {
      return;
    }
    prefixReplaced(rule, "filters", report);
    List<Fields> backends = rule.maps("backendRefs");
    for (int i = 0; i < backends.size(); i++) {
      prefixReplaced(backends.get(i), "backendRefs[" + i + "].filters", report);
    }
  }

  private static boolean onePrefix(Fields rule) {
    List<Fields> matches = rule.maps("matches");
    Fields path = matches.size() == 1 ? matches.getFirst().map("path") : null;
    return path != null && path.textOrEmpty("type").equals("PathPrefix");
  }

  private static void prefixReplaced(Fields holder, String at, Reporter report) {
    List<Fields> filters = holder.maps("filters");
    for (int i = 0; i < filters.size(); i++) {
      for (String field : List.of("requestRedirect", "urlRewrite")) {
        Fields filter = filters.get(i).map(field);
        Fields path = filter == null ? null : filter.map("path");
        if (path != null && path.textOrEmpty("type").equals("ReplacePrefixMatch")) {
          report.error(
              at + "[" + i + "]." + field + ".path",
              path.line(),
              "replacePrefixMatch needs exactly one match in the rule, and that of type PathPrefix");
        }
      }
    }
  }

  static void matchesInAll(Items rules, Reporter report) {
    int total = 0;
    for (Node rule : rules.list()) {
      total += rule instanceof Fields fields ? fields.items("matches").size() : 0;
    }
    if (total > MATCHES_IN_ALL) {
      report.error(
          "",
          0,
          "the rules have "
              + total
              + " matches in all; "
              + MATCHES_IN_ALL
              + " are allowed. Divide the route");
    }
  }

  static void ruleNamesDistinct(Items rules, Reporter report) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < rules.list().size(); i++) {
      if (rules.list().get(i) instanceof Fields rule && rule.text("name") != null) {
        Integer first = seen.putIfAbsent(rule.textOrEmpty("name"), i);
        if (first != null) {
          report.error(
              "[" + i + "].name",
              lineOf(rule, "name"),
              "rule ["
                  + first
                  + "] has the name '"
                  + Checker.shown(rule.textOrEmpty("name"))
                  + "' already");
        }
      }
    }
  }

  static void parentsDistinct(Items parents, Reporter report) {
    Map<List<String>, Fields> seen = new HashMap<>();
    Map<List<String>, Integer> exact = new HashMap<>();
    for (int i = 0; i < parents.list().size(); i++) {
      if (parents.list().get(i) instanceof Fields parent) {
        List<String> target =
            List.of(
                parent.textOrEmpty("group"),
                parent.textOrEmpty("kind"),
                parent.textOrEmpty("namespace"),
                parent.textOrEmpty("name"));
        List<String> whole = new ArrayList<>(target);
        whole.add(parent.textOrEmpty("sectionName"));
        whole.add(Long.toString(parent.number("port")));
        Fields before = seen.putIfAbsent(target, parent);
        Integer same = exact.putIfAbsent(whole, i);
        if (same != null) {
          report.error(
              "[" + i + "]",
              parent.line(),
              "is the same as ["
                  + same
                  + "]; give them different sectionNames or ports, or remove"
                  + " one");
        } else if (before != null
            && (before.has("sectionName") != parent.has("sectionName")
                || before.has("port") != parent.has("port"))) {
          report.error(
              "[" + i + "]",
              parent.line(),
              "refers to "
                  + Checker.shown(parent.textOrEmpty("name"))
                  + " like another entry; then both need a sectionName, or both a port");
        }
      }
    }
  }
}
