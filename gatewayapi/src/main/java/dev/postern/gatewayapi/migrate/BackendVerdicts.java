package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether the backend of a location is there, as far as the input says.
final class BackendVerdicts {
  private static final String CORRECT_PORT =
      "correct the port in the Ingress or in the Service, and migrate again";

  private final Objects objects;
  private final MissingObjects missing;

  BackendVerdicts(Objects objects, MissingObjects missing) {
    this.objects = objects;
    this.missing = missing;
  }

  void judge(Location at) {
    if (at.port == 0) {
      none(at);
      return;
    }
    String namespace = at.ingress.namespace();
    Document service = objects.service(namespace + "/" + at.path.service());
    ServiceName meant = objects.meant(namespace, at.path.service());
    if (!meant.equals(new ServiceName(namespace, at.path.service()))) {
      Document real = objects.service(meant.toString());
      if (real != null && !texts(real, "port").contains(Integer.toString(at.port))) {
        say(
            at,
            new Verdict.NotPossible(
                "this is Service "
                    + meant
                    + ", which has no port "
                    + at.port
                    + "; the path answers 500",
                CORRECT_PORT));
      }
    } else if (service != null) {
      port(service, at).ifPresent(verdict -> say(at, verdict));
    } else if (objects.hasAny("Service", namespace)) {
      say(
          at,
          new Verdict.Different(
              "the input has Services of the namespace "
                  + namespace
                  + ", and not this one. If the cluster has none either, nginx answered 503 here"
                  + " and the gateway answers 500: create the Service, or remove the path"));
    } else {
      missing.service(at);
    }
  }

  /// It is no Service, or nobody knows its port.
  void none(Location at) {
    say(
        at,
        at.path.service().isEmpty()
            ? new Verdict.NotPossible("this backend is no Service", "name a Service")
            : portUnknown(at));
    for (String name : at.ingress.annotations().keySet()) {
      at.same(name, "nothing, as the path has no backend");
    }
  }

  private static void say(Location at, Verdict verdict) {
    at.say("backend", at.path.service() + ":" + at.path.port(), verdict);
  }

  private Verdict portUnknown(Location at) {
    Document service = objects.service(at.ingress.namespace() + "/" + at.path.service());
    if (service == null) {
      return new Verdict.NotPossible(
          "the number of port '" + at.path.port() + "' is not known; the path answers 500",
          "give the Service " + at.path.service() + " with the input, or write the number");
    }
    return new Verdict.NotPossible(
        "the Service has no port called '"
            + at.path.port()
            + (Objects.isExternalName(service)
                ? "'; the path answers 500"
                : "': nginx answered 503, and the path answers 500"),
        CORRECT_PORT);
  }

  private static Optional<Verdict> port(Document service, Location at) {
    List<String> numbers = texts(service, "port");
    String number = Integer.toString(at.port);
    if (numbers.contains(number)) {
      String wanted = at.path.port();
      return wanted.equals(number) || texts(service, "name").contains(wanted)
          ? Optional.empty()
          : Optional.of(
              new Verdict.Same(
                  "the Service's port "
                      + number
                      + ", of which this is the targetPort: nginx took that, too"));
    }
    boolean elsewhere = Objects.isExternalName(service);
    if (elsewhere && numbers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Verdict.NotPossible(
            "the Service has no port "
                + at.port
                + ", only "
                + String.join(", ", numbers)
                + (elsewhere
                    ? ": nginx took the number as it is, and the gateway answers 500"
                    : ": nginx answered 503, and the gateway answers 500"),
            elsewhere ? "add the port to the Service" : CORRECT_PORT));
  }

  private static List<String> texts(Document service, String field) {
    return Objects.ports(service).stream()
        .map(port -> port instanceof Map<?, ?> map ? Trees.text(map, field) : "")
        .toList();
  }
}
