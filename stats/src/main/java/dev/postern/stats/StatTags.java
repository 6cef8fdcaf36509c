package dev.postern.stats;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How Envoy takes a dotted name apart for Prometheus: what varies becomes a label.
///
/// @param family what stays of the name, with dots
/// @param labels in Prometheus syntax and escaped, such as `envoy_response_code="200"`; may be
///   empty
record StatTags(String family, String labels) {

  private record Rule(Pattern pattern, String family, String label) {}

  /// For the part behind the prefix; `$1` and `$2` stay in the name, the group `v` is the label.
  private static final List<Rule> NAME_RULES =
      List.of(
          rule("(.*_rq)_(?<v>[0-9])xx", "$1_xx", "envoy_response_code_class"),
          rule("(.*_rq)_(?<v>[0-9]{3})", "$1", "envoy_response_code"),
          rule("(ssl\\.versions)\\.(?<v>.+)", "$1", "envoy_ssl_version"),
          rule("(ssl\\.ciphers)\\.(?<v>.+)", "$1", "envoy_ssl_cipher"),
          rule("(ssl\\.curves)\\.(?<v>.+)", "$1", "envoy_ssl_curve"),
          rule("(ssl\\.sigalgs)\\.(?<v>.+)", "$1", "envoy_ssl_sigalg"),
          rule("(ssl\\.certificate)\\.(?<v>.+)\\.([a-z_]+)", "$1.$3", "envoy_tls_certificate"));

  private static final List<Rule> PREFIX_RULES =
      List.of(
          rule("cluster\\.(?<v>.+)", "cluster", "envoy_cluster_name"),
          rule("http\\.(?<v>.+)", "http", "envoy_http_conn_manager_prefix"),
          rule("listener\\.(?<v>.+)", "listener", "envoy_listener_address"));

  /// For a group's prefix, such as `cluster.kube_default_nginx_8443`.
  static StatTags ofPrefix(String prefix) {
    return apply(PREFIX_RULES, prefix);
  }

  /// For a name inside its group, such as `upstream_rq_200`.
  static StatTags ofName(String name) {
    return apply(NAME_RULES, name);
  }

  private static StatTags apply(List<Rule> rules, String name) {
    for (Rule rule : rules) {
      Matcher matcher = rule.pattern.matcher(name);
      if (matcher.matches()) {
        String label = rule.label + "=\"" + escape(matcher.group("v")) + "\"";
        return new StatTags(matcher.replaceFirst(rule.family), label);
      }
    }
    return new StatTags(name, "");
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static Rule rule(String pattern, String family, String label) {
    return new Rule(Pattern.compile(pattern, Pattern.DOTALL), family, label);
  }
}
