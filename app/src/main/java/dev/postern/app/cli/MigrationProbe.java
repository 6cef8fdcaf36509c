package dev.postern.app.cli;

import dev.postern.app.probe.Assessment;
import dev.postern.app.probe.ProbeTarget;
import dev.postern.app.probe.Probed;
import dev.postern.app.probe.Prober;
import dev.postern.app.probe.WantedService;
import dev.postern.app.report.ProbeManifests;
import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.migrate.Migration;
import dev.postern.gatewayapi.migrate.Migration.BackendPort;
import dev.postern.gatewayapi.migrate.Migration.Looked;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `postern migrate --probe`: looks at the backends that nobody verifies, or that are spoken to as
/// clients' scheme has it, and says what would verify them. The endpoints are those of the input's
/// EndpointSlices; without them the Service's name has to resolve. What goes wrong is said, and
/// changes nothing about the migration.
final class MigrationProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// More than these are not looked at, so that a big cluster is not kept waiting.
  private static final int MOST = 64;

  private static final int AT_ONCE = 16;

  private MigrationProbe() {}

  static Migration of(Migration migration, Documents input) {
    List<BackendPort> ports = migration.unverified();
    List<BackendPort> some = ports.subList(0, Math.min(MOST, ports.size()));
    List<Looked> looked = new ArrayList<>();
    try (ExecutorService looking = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<Looked>> answers =
          some.stream().map(port -> looking.submit(() -> look(port, input))).toList();
      for (int i = 0; i < some.size(); i++) {
        looked.add(answer(some.get(i), answers.get(i)));
      }
    }
    for (BackendPort port : ports.subList(some.size(), ports.size())) {
      looked.add(new Looked(port, "not looked at, as " + MOST + " others were", ""));
    }
    return migration.withLooks(looked);
  }

  private static Looked answer(BackendPort port, Future<Looked> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Looked(port, "not looked at: interrupted", "");
    } catch (ExecutionException e) {
      return new Looked(
          port, "could not be looked at: " + e.getCause() + "; try postern probe", "");
    }
  }

  private static Looked look(BackendPort port, Documents input) {
    String name = port.service() + "." + port.namespace() + ".svc";
    ProbeTarget target =
        endpoint(port, input.documents())
            .orElseGet(() -> new ProbeTarget(name, port.port(), Optional.of(name), PATIENCE));
    return switch (Prober.look(target)) {
      case Probed.Unreachable(String why, String whatToDo) ->
          new Looked(port, target + " was not reached: " + why + "; " + whatToDo, "");
      case Probed.Reached reached -> reached(port, target, reached);
    };
  }

  private static Looked reached(BackendPort port, ProbeTarget target, Probed.Reached reached) {
    var service = new WantedService(port.namespace(), port.service(), port.port(), true);
    Assessment seen = Assessment.of(target, service, reached, InstantSource.system());
    String words =
        seen.trusts()
            .map(who ->
                who.chosen()
                    .map(chosen -> "it speaks TLS, and " + chosen.source().text() + " verifies it")
                    .orElse("it speaks TLS, and nothing verifies its certificate"))
            .orElse(
                reached.plain().isAnything()
                    ? "it speaks plaintext alone"
                    : "it speaks nothing that a gateway could verify");
    return new Looked(port, target + ": " + words, ProbeManifests.of(seen.advice()));
  }

  /// The first ready endpoint of the Service's port.
  private static Optional<ProbeTarget> endpoint(BackendPort port, List<Document> documents) {
    for (Document document : documents) {
      Map<?, ?> meta = map(document.tree().get("metadata"));
      boolean own =
          document.kind().equals("EndpointSlice")
              && port.namespace()
                  .equals(meta.containsKey("namespace") ? meta.get("namespace") : "default")
              && port.service().equals(map(meta.get("labels")).get("kubernetes.io/service-name"));
      if (!own) {
        continue;
      }
      Optional<Integer> number =
          items(document, "ports")
              .filter(one -> named(one, port))
              .findFirst()
              .flatMap(MigrationProbe::number);
      Optional<String> address =
          items(document, "endpoints")
              .filter(one -> !"false".equals(map(one.get("conditions")).get("ready")))
              .flatMap(
                  one -> one.get("addresses") instanceof List<?> all ? all.stream() : Stream.of())
              .map(String::valueOf)
              .findFirst();
      if (number.isPresent() && address.isPresent()) {
        String name = port.service() + "." + port.namespace() + ".svc";
        return Optional.of(
            new ProbeTarget(address.get(), number.get(), Optional.of(name), PATIENCE));
      }
    }
    return Optional.empty();
  }

  private static boolean named(Map<?, ?> slicePort, BackendPort port) {
    return String.valueOf(slicePort.containsKey("name") ? slicePort.get("name") : "")
        .equals(port.portName());
  }

  private static Optional<Integer> number(Map<?, ?> slicePort) {
    String text = String.valueOf(slicePort.get("port"));
    return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535
        ? Optional.of(Integer.valueOf(text))
        : Optional.empty();
  }

  private static Stream<Map<?, ?>> items(Document document, String field) {
    return document.tree().get(field) instanceof List<?> list
        ? list.stream().<Map<?, ?>>map(MigrationProbe::map)
        : Stream.of();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> found ? found : Map.of();
  }
}
