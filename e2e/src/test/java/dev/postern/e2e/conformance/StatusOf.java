package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.PosternProcess;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A status, or a part of one, as the admin endpoint tells it; expectations wait for it. */
final class StatusOf {
  private final String what;
  private final Supplier<Optional<Map<String, Object>>> now;

  private StatusOf(String what, Supplier<Optional<Map<String, Object>>> now) {
    this.what = what;
    this.now = now;
  }

  static StatusOf object(PosternProcess postern, String kind, String namespace, String name) {
    String id = kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    String query = "/status?format=json&filter=^" + id.replace(" ", "%20") + "$";
    return new StatusOf(
        id,
        () -> {
          Object all =
              new Load(LoadSettings.builder().build())
                  .loadFromString(postern.admin(query.replace("^", "%5E")));
          return list(map(all).get("objects")).stream()
              .findFirst()
              .map(object -> map(object.get("status")));
        });
  }

  /** What a route's or policy's status says about a parent of that name. */
  StatusOf parent(String name) {
    return parent(ref -> name.equals(ref.get("name")), name);
  }

  /** As {@link #parent(String)}, where a route names a parent more than once. */
  StatusOf parent(String kind, String name) {
    return parent(
        ref -> name.equals(ref.get("name")) && kind.equals(ref.getOrDefault("kind", "Gateway")),
        kind + " " + name);
  }

  private StatusOf parent(Predicate<Map<String, Object>> fits, String words) {
    return part("parents", parent -> fits.test(map(parent.get("parentRef"))), "on " + words);
  }

  StatusOf ancestor(String name) {
    return part(
        "ancestors", one -> name.equals(map(one.get("ancestorRef")).get("name")), "on " + name);
  }

  StatusOf listener(String name) {
    return part("listeners", one -> name.equals(one.get("name")), "listener " + name);
  }

  private StatusOf part(String list, Predicate<Map<String, Object>> fits, String words) {
    return new StatusOf(
        what + " " + words,
        () -> now.get().flatMap(all -> list(all.get(list)).stream().filter(fits).findFirst()));
  }

  StatusOf isTrue(String type) {
    return has(type, "True");
  }

  StatusOf allTrue(String... types) {
    for (String type : types) {
      isTrue(type);
    }
    return this;
  }

  StatusOf isTrue(String type, String reason) {
    return has(type, "True", reason);
  }

  StatusOf isFalse(String type, String reason) {
    return has(type, "False", reason);
  }

  StatusOf isFalse(String type) {
    return has(type, "False");
  }

  private StatusOf has(String type, String status) {
    Case.eventually(() -> assertThat(condition(type)).startsWith(type + "=" + status));
    return this;
  }

  private StatusOf has(String type, String status, String reason) {
    Case.eventually(
        () -> assertThat(condition(type)).startsWith(type + "=" + status + " " + reason + ":"));
    return this;
  }

  /** All conditions are about that generation. */
  StatusOf observed(long generation) {
    Case.eventually(() -> {
      assertThat(conditions()).as(what).isNotEmpty();
      assertThat(conditions())
          .as(what)
          .allSatisfy(one ->
              assertThat(one.get("observedGeneration")).hasToString(String.valueOf(generation)));
    });
    return this;
  }

  StatusOf attached(int routes) {
    return says("attachedRoutes", String.valueOf(routes));
  }

  StatusOf says(String field, String value) {
    Case.eventually(() ->
        assertThat(now.get().map(all -> String.valueOf(all.get(field))))
            .as("%s: %s", what, field)
            .contains(value));
    return this;
  }

  /** These kinds of routes and maybe more, as the suite has it. */
  StatusOf supports(String... kinds) {
    Case.eventually(() -> assertThat(supportedKinds()).as(what).contains(kinds));
    return this;
  }

  StatusOf supportsNothing() {
    Case.eventually(() -> {
      assertThat(now.get()).as(what).isPresent();
      assertThat(supportedKinds()).as(what).isEmpty();
    });
    return this;
  }

  private List<String> supportedKinds() {
    return parts("supportedKinds").stream().map(one -> String.valueOf(one.get("kind"))).toList();
  }

  StatusOf noAcceptedParent() {
    Case.eventually(() ->
        assertThat(parts("parents"))
            .as("%s: parents", what)
            .isNotEmpty()
            .allSatisfy(parent ->
                assertThat(list(parent.get("conditions")))
                    .filteredOn(one -> "Accepted".equals(one.get("type")))
                    .allSatisfy(one -> assertThat(one.get("status")).hasToString("False"))));
    return this;
  }

  List<Map<String, Object>> parts(String field) {
    return now.get().map(all -> list(all.get(field))).orElse(List.of());
  }

  private List<Map<String, Object>> conditions() {
    return parts("conditions");
  }

  private String condition(String type) {
    assertThat(now.get()).as("the status of %s", what).isPresent();
    return conditions().stream()
        .filter(one -> type.equals(one.get("type")))
        .map(one ->
            "%s=%s %s: %s (%s)"
                .formatted(type, one.get("status"), one.get("reason"), one.get("message"), what))
        .findFirst()
        .orElse("no " + type + " of " + what);
  }

  @SuppressWarnings("unchecked") // JSON
  private static Map<String, Object> map(Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked") // JSON
  private static List<Map<String, Object>> list(Object value) {
    return value == null ? List.of() : (List<Map<String, Object>>) value;
  }
}
