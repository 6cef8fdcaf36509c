package dev.postern.app.admin;

import dev.postern.ir.Ir;
import dev.postern.ir.dump.IrTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// `/config_dump`: the ir that the data plane serves, secrets redacted.
final class ConfigDumpPage {
  private static final Set<String> RESOURCES = Set.of("listeners", "clusters", "endpoints");

  private ConfigDumpPage() {}

  static Answer answer(Request request, AdminView view) {
    Predicate<String> wanted = wanted(request);
    Predicate<String> names = NameFilter.found(request, "name_regex");
    Ir ir = view.snapshot().translation().ir();
    List<Json.Array<?>> arrays = new ArrayList<>();
    if (wanted.test("listeners")) {
      arrays.add(array("listeners", ir.listeners(), names));
    }
    if (wanted.test("clusters")) {
      arrays.add(array("clusters", ir.clusters(), names));
    }
    if (wanted.test("endpoints")) {
      arrays.add(array("endpoints", ir.loadAssignments(), names));
    }
    return Answer.json(Json.arrays(arrays));
  }

  private static <T> Json.Array<T> array(
      String name, Map<String, T> parts, Predicate<String> names) {
    TreeMap<String, T> sorted = new TreeMap<>(parts);
    sorted.keySet().removeIf(names.negate());
    return new Json.Array<>(name, List.copyOf(sorted.values()), IrTree::of);
  }

  private static Predicate<String> wanted(Request request) {
    String resource = request.parameter("resource").orElse("");
    if (resource.isEmpty()) {
      return _ -> true;
    }
    if (!RESOURCES.contains(resource)) {
      throw new Page.BadRequest("?resource= is one of listeners, clusters, endpoints.");
    }
    return resource::equals;
  }
}
