package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.ir.FastCgiTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// fastcgi-index and fastcgi-params-configmap. nginx looked at their values with great care: of
/// what it did not like it served nothing.
final class FastCgiAnnotations {
  private static final String INDEX = "fastcgi-index";
  private static final String MAP = "fastcgi-params-configmap";
  private static final String LEFT_OUT =
      ", so that it left out the whole Ingress; the path answers 500";

  private final Location at;
  private final Objects objects;
  private final Map<String, Object> fields = new LinkedHashMap<>();

  private FastCgiAnnotations(Location at, Objects objects) {
    this.at = at;
    this.objects = objects;
  }

  /// Fields of BackendConnectionPolicy.fastCGI.
  static Map<String, Object> convert(Location at, Objects objects) {
    FastCgiAnnotations all = new FastCgiAnnotations(at, objects);
    all.index(at.value(INDEX));
    all.map(at.value(MAP));
    return all.fields;
  }

  private void index(String index) {
    if (index.isEmpty()) {
      at.same(INDEX, "nothing, as it is empty");
    } else if (!index.replace(" ", "").matches("[A-Za-z0-9._-]+")) {
      close(
          INDEX,
          "nginx took letters, digits, dots, _ and - alone" + LEFT_OUT,
          "write the name of a file, such as index.php");
    } else if (isForeign()) {
      at.same(INDEX, "nothing: nginx forgot it over a ConfigMap of another namespace");
    } else if (index.indexOf(' ') < 0) {
      fields.put("index", index);
      at.same(INDEX, "fastCGI.index");
    } else {
      at.lost(
          INDEX,
          "no blank can stand in it now, and nothing is appended to a path that ends in a slash",
          "give the file a name without a blank");
    }
  }

  private void map(String reference) {
    String name = Objects.nameOf(reference);
    if (reference.isEmpty()) {
      at.same(MAP, "nothing, as it is empty");
    } else if (!name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")) {
      close(
          MAP,
          "no ConfigMap has this name, for which nginx answered 503 or left out the Ingress; the path"
              + " answers 500",
          "name one in the Ingress's namespace");
    } else if (isForeign()) {
      at.same(MAP, "nothing: nginx took no ConfigMap of another namespace");
    } else {
      own(name);
    }
  }

  private boolean isForeign() {
    String reference = at.value(MAP);
    return reference.indexOf('/') > 0
        && !reference.startsWith(at.ingress.namespace() + "/")
        && !at.controller.isTrue("allow-cross-namespace-resources");
  }

  /// With every namespace allowed nginx looked in the Ingress's own, too.
  private void own(String name) {
    Map<String, Object> reference = Trees.map("name", name);
    Document map = objects.configMap(at.ingress.namespace() + "/" + name);
    if (map == null) {
      fields.put("paramsConfigMapRef", reference);
      at.lost(
          MAP,
          "the ConfigMap is not in the input, so that nobody looked at what is in it; while there is"
              + " none the path answers 500, as nginx answered 503",
          "migrate with it: kubectl get configmap -o yaml -n "
              + ShellWord.ofReference(at.ingress.namespace() + "/" + name));
      return;
    }
    Map<String, String> params = Trees.texts(Trees.child(map.tree(), "data"));
    List<String> refused =
        params.entrySet().stream()
            .filter(param ->
                !param.getKey().matches("[A-Za-z0-9._-]+")
                    || !param.getValue().matches("[A-Za-z0-9_${}/.-]*"))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (!refused.isEmpty()) {
      close(
          MAP,
          "nginx did not take " + String.join(", ", refused) + " of the ConfigMap" + LEFT_OUT,
          "correct it: names of letters, digits, dots, _ and -, values of those and of $ { } /");
      return;
    }
    fields.put("paramsConfigMapRef", reference);
    TreeSet<String> unknown = new TreeSet<>();
    params.values().forEach(value -> unknown.addAll(FastCgiTemplate.parse(value).unknown()));
    if (unknown.isEmpty()) {
      at.same(MAP, "fastCGI.paramsConfigMapRef");
    } else {
      at.lost(
          MAP,
          "fastCGI.paramsConfigMapRef, but the gateway has no variable $"
              + String.join(", $", unknown)
              + " and sends nothing in its place",
          "write a fixed value into the ConfigMap, or do without it");
    }
  }

  private void close(String annotation, String why, String toDo) {
    at.close();
    at.lost(annotation, why, toDo);
  }
}
