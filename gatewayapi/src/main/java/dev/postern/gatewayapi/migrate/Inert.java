package dev.postern.gatewayapi.migrate;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Annotations with which nginx did nothing: empty ones, its defaults, values that it could not
/// read, and those that say more about another one that is missing.
final class Inert {
  private static final String NUMBER = "[+-]?[0-9]{1,18}";

  private Inert() {}

  /// Why nothing has to be done; absent where something was done.
  static Optional<String> reason(Location at, String name) {
    String value = at.value(name);
    if (value.isEmpty()) {
      return Optional.of("nothing, as it is empty");
    }
    return Optional.ofNullable(
        switch (name) {
          case "enable-access-log" -> at.isFalse(name) ? null : "requests are logged";
          case "enable-opentelemetry", "enable-modsecurity", "enable-rewrite-log" -> off(at, name);
          case "enable-owasp-core-rules" ->
              at.isTrue(name) ? without(at, "enable-modsecurity") : off(at, name);
          case "modsecurity-snippet", "modsecurity-transaction-id" ->
              without(at, "enable-modsecurity");
          case "opentelemetry-operation-name", "opentelemetry-trust-incoming-span" ->
              without(at, "enable-opentelemetry");
          case "satisfy" -> value.equals("any") ? null : "all that guards is asked, as nginx did";
          case "disable-proxy-intercept-errors" ->
              at.isTrue(name) && !at.value("custom-http-errors").isEmpty()
                  ? null
                  : "the backend's own answers reach the client, as without custom-http-errors";
          case "auth-secret", "auth-secret-type", "auth-realm" ->
              at.value("auth-type").isEmpty() ? "nothing without auth-type" : null;
          case "limit-rps", "limit-rpm", "limit-connections", "limit-rate" -> limit(value);
          case "limit-rate-after" ->
              isOn(at, "limit-rate") ? limit(value) : "nothing without limit-rate";
          case "limit-whitelist", "limit-allowlist", "limit-burst-multiplier" ->
              Stream.of("limit-rps", "limit-rpm", "limit-connections").anyMatch(o -> isOn(at, o))
                  ? null
                  : "nothing without limit-rps, limit-rpm or limit-connections";
          case "proxy-body-size" ->
              value.matches("[0-9]+[bkmgBKMG]?")
                  ? null
                  : "nothing: it is no size, so that nginx took its default";
          case "proxy-http-version" ->
              value.equals("1.0") ? null : "HTTP/1.1: nginx took its default for this value";
          case "permanent-redirect-code", "temporal-redirect-code" ->
              without(at, name.substring(0, name.length() - "-code".length()));
          default -> null;
        });
  }

  private static @Nullable String off(Location at, String name) {
    return at.isTrue(name) ? null : "nothing, as it is not true";
  }

  private static @Nullable String without(Location at, String other) {
    String value = at.value(other);
    return value.isEmpty() || GoBool.isFalse(value) ? "nothing without " + other : null;
  }

  private static boolean isOn(Location at, String limit) {
    String value = at.value(limit);
    return value.matches(NUMBER) && !value.matches("[+-]?0+");
  }

  private static @Nullable String limit(String value) {
    if (!value.matches(NUMBER)) {
      return "nothing: it is no number, so that nginx took its default";
    }
    return value.matches("[+-]?0+") ? "nothing, as it is 0" : null;
  }
}
