package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.HttpRoute.AuthProtocol;
import dev.postern.gatewayapi.resource.HttpRoute.Filter.ExtensionRef;
import dev.postern.gatewayapi.resource.HttpRoute.Filter.ExternalAuth;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What an ExternalAuth filter may say. One that cannot be followed closes its rule: who may pass
/// is not for Postern to guess (GEP-1494, fail closed). So does an ExtensionRef, which must not be
/// skipped either (HTTPRouteFilter.extensionRef).
final class AuthorizationRules {
  /// So much of a body is kept in memory, for each request under way.
  static final int MOST_OCTETS = 1 << 20;

  private AuthorizationRules() {}

  static boolean isClosed(RouteObject.Rule rule) {
    return problem(rule).isPresent();
  }

  /// Why nobody passes, and what to do about it.
  static Optional<String> closed(RouteObject.Rule rule) {
    return problem(rule).map(AuthorizationRules::closed);
  }

  /// The same, where something else is wrong with the rule.
  static String closed(String why) {
    return (why.endsWith(".") ? why : why + ".") + " Requests of this rule get 500 until then";
  }

  /// Whether a filter of the rule or of a backend must not be skipped: to drop the rule would let
  /// its requests past that filter, through the next rule that matches.
  static boolean isGuarded(RouteObject.Rule rule) {
    return Stream.concat(
            rule.filters().stream(),
            rule.backendRefs().stream().flatMap(backend -> backend.filters().stream()))
        .anyMatch(filter -> filter instanceof ExternalAuth || filter instanceof ExtensionRef);
  }

  private static Optional<String> problem(RouteObject.Rule rule) {
    if (rule.filters().isEmpty()) {
      return Optional.empty();
    }
    List<ExternalAuth> filters =
        rule.filters().stream()
            .filter(ExternalAuth.class::isInstance)
            .map(ExternalAuth.class::cast)
            .toList();
    return filters.size() > 1
        ? Optional.of("there are " + filters.size() + " filters of type ExternalAuth; keep one")
        : filters.stream().flatMap(filter -> problem(filter).stream()).findFirst();
  }

  private static Optional<String> problem(ExternalAuth filter) {
    if (filter.maxSize() < 0 || filter.maxSize() > MOST_OCTETS) {
      return Optional.of(
          "externalAuth.forwardBody.maxSize is "
              + filter.maxSize()
              + "; make it one from 0 to "
              + MOST_OCTETS);
    }
    return filter.protocol() instanceof AuthProtocol.Http(String path, _) && isDotted(path)
        ? Optional.of("externalAuth.http.path has segments of dots; write the path without them")
        : Optional.empty();
  }

  /// A prefix that leaves itself would ask for something else than it says.
  private static boolean isDotted(String path) {
    return Arrays.stream(path.toLowerCase(Locale.ROOT).replace("%2e", ".").split("/|%2f", -1))
        .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
  }
}
