package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Which Ingresses are ingress-nginx's: those whose class is among its IngressClasses, those with
/// the annotation that says nginx, and with --watch-ingress-without-class those without any.
final class IngressClasses {
  private static final String CONTROLLER = "k8s.io/ingress-nginx";
  private static final String DEFAULT = "ingressclass.kubernetes.io/is-default-class";

  /// What becomes of an Ingress.
  sealed interface Fate {}

  /// @param doubt what to say about that; empty for nothing
  record Converted(Optional<String> doubt) implements Fate {}

  /// @param doubt whether it is not known to be another's
  record LeftAlone(String why, boolean doubt) implements Fate {}

  private static final Fate CONVERTED = new Converted(Optional.empty());

  /// The controllers of ingress-nginx's own classes.
  private final Map<String, String> own = new HashMap<>();

  private final Set<String> others = new HashSet<>();
  private final Map<String, String> standard = new HashMap<>();

  IngressClasses(List<Document> documents) {
    for (Document document : documents) {
      if (document.kind().equals("IngressClass")) {
        Map<?, ?> meta = Trees.child(document.tree(), "metadata");
        String name = Trees.text(meta, "name");
        String controller = Trees.text(Trees.child(document.tree(), "spec"), "controller");
        if (controller.startsWith(CONTROLLER)) {
          own.put(name, controller);
        } else {
          others.add(name);
        }
        if (Trees.text(Trees.child(meta, "annotations"), DEFAULT).equals("true")) {
          standard.put(name, controller);
        }
      }
    }
  }

  /// What to say where these belong to several controllers, each of which had an address of its
  /// own; empty for nothing.
  Optional<String> several(List<Ingress> ingresses) {
    Map<String, String> used = new TreeMap<>();
    for (Ingress ingress : ingresses) {
      String controller = own.get(ingress.className());
      if (controller != null) {
        used.put(ingress.className(), controller);
      }
    }
    if (new HashSet<>(used.values()).size() < 2) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    used.forEach((name, controller) -> words.add(name + " (" + controller + ")"));
    return Optional.of(
        "these Ingresses belong to several controllers: "
            + String.join(", ", words)
            + ". All become routes of one Gateway, so that a host of one is reached wherever those of"
            + " the others are, an internal one from outside, too. Migrate the Ingresses of each"
            + " controller by themselves, each with a --gateway of its own");
  }

  Fate of(Ingress ingress) {
    String name = ingress.className();
    if (name.isEmpty()) {
      return withoutClass();
    }
    if (others.contains(name)) {
      return new LeftAlone("the class " + name + " is not ingress-nginx's; left alone", false);
    }
    if (own.containsKey(name) || name.equals("nginx")) {
      return CONVERTED;
    }
    if (own.isEmpty()) {
      return new Converted(
          Optional.of(
              "the input has no IngressClass "
                  + name
                  + ", so it is taken for ingress-nginx's. If it is another controller's, migrate"
                  + " with it, and the Ingress is left alone"));
    }
    return new LeftAlone(
        "the input has IngressClasses, and none is called "
            + name
            + ": ingress-nginx leaves such an Ingress alone, and so did this migration. If the class"
            + " is ingress-nginx's, migrate with it",
        true);
  }

  private Fate withoutClass() {
    if (standard.values().stream().anyMatch(controller -> !controller.startsWith(CONTROLLER))
        && standard.size() == 1) {
      return new LeftAlone(
          "without a class it gets the cluster's default, "
              + standard.keySet().iterator().next()
              + ", which is not ingress-nginx's; left alone",
          false);
    }
    if (own.isEmpty() || !standard.isEmpty()) {
      return CONVERTED;
    }
    return new Converted(
        Optional.of(
            "it has no class, and no IngressClass is the cluster's default: nginx served it with"
                + " --watch-ingress-without-class alone. It is converted as if nginx had; remove its"
                + " route if it did not"));
  }
}
