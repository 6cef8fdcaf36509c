package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Header fields that nginx wrote over, so that no backend ever saw a client's own: who believes
/// them must not be told by anybody. FastCGI applications got what clients sent.
final class ClientFields {
  private static final String TYPE = "RequestHeaderModifier";

  private static final List<String> NAMES =
      List.of("X-Real-IP", "X-Scheme", "X-Forwarded-Scheme", "X-Original-Forwarded-For");

  private ClientFields() {}

  /// Removes those that no snippet sets.
  static void remove(Location at) {
    if (at.module == NginxModule.FASTCGI || at.filters.containsKey("RequestRedirect")) {
      return;
    }
    for (String name : NAMES) {
      if (!isSaid(at, name) && !at.header(TYPE, "remove", name, "")) {
        at.say(
            name,
            "",
            new Verdict.NotPossible(
                "nginx wrote over a client's own " + name + "; it reaches the backend now",
                "have the backend not believe it: one filter removes up to 16 fields"));
      }
    }
  }

  private static boolean isSaid(Location at, String name) {
    Map<?, ?> modifier =
        Trees.child(at.filters.getOrDefault(TYPE, Map.of()), "requestHeaderModifier");
    return Stream.of("set", "add")
        .flatMap(action -> Trees.items(modifier, action).stream())
        .anyMatch(field ->
            field instanceof Map<?, ?> one && name.equalsIgnoreCase(Trees.text(one, "name")));
  }
}
