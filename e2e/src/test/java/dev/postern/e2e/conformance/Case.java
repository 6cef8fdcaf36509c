package dev.postern.e2e.conformance;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Ports;
import dev.postern.e2e.fixture.PosternProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/**
 * A case in a namespace of its own: its manifests while it runs, and the words that its
 * expectations are written in.
 *
 * <p>Manifests may say {@code ${ns}}, {@code ${port.NAME}} (a free port, one for each name), {@code
 * ${backend.NAME}} (the port of one of the {@link Backends}), {@code ${text.NAME}} (a PEM file in
 * double quotes), {@code ${base64.NAME}} (the same in base64) and {@code ${NAME:default}} (see
 * {@link #let}). Every case has what {@code base.yaml} says; the files below {@code later} wait for
 * {@link #put}.
 */
final class Case implements AutoCloseable {
  static final Path ROOT = Path.of("src/test/resources/conformance");
  private static final Duration PATIENCE =
      Duration.ofMillis(Integer.getInteger("postern.conformance.patience", 8_000));
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]+)(?::([^}]*))?}");
  private static final int CONSECUTIVE = 3;

  private final String name;
  private final String namespace;
  private final ManifestFolder folder;
  private final PosternProcess postern;
  private final Backends backends;
  private final Map<String, Integer> ports = new HashMap<>();
  private final Map<String, String> values = new HashMap<>();
  private final TreeSet<String> deployed = new TreeSet<>();

  Case(String name, ManifestFolder folder, PosternProcess postern, Backends backends) {
    this.name = name;
    this.namespace = name.toLowerCase(Locale.ROOT);
    this.folder = folder;
    this.postern = postern;
    this.backends = backends;
  }

  void deploy() {
    try (Stream<Path> files = Files.list(ROOT.resolve(name))) {
      List<Path> yaml = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      yaml.forEach(file -> put(file.getFileName().toString(), file));
      put("base.yaml", ROOT.resolve("base.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a file from {@code later}, or puts it in the place of the one of that name. */
  Case put(String file) {
    return put(file, ROOT.resolve(name).resolve("later").resolve(file));
  }

  private Case put(String file, Path source) {
    try {
      folder.put(place(file), filled(Files.readString(source)));
      deployed.add(file);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes a file away. */
  Case remove(String file) {
    folder.delete(place(file));
    deployed.remove(file);
    return this;
  }

  /** Gives a {@code ${NAME:default}} another value from now on. */
  Case let(String variable, String value) {
    values.put(variable, value);
    return this;
  }

  /** Writes a file anew. */
  Case again(String file) {
    return put(file, ROOT.resolve(name).resolve(file));
  }

  private String place(String file) {
    return name + "/" + file;
  }

  private String filled(String template) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(found -> Matcher.quoteReplacement(value(found.group(1), found.group(2))));
  }

  private String value(String key, String otherwise) {
    if (key.equals("ns")) {
      return namespace;
    }
    if (otherwise != null) {
      return values.getOrDefault(key, otherwise);
    }
    String[] parts = key.split("\\.", 2);
    return switch (parts[0]) {
      case "port" -> String.valueOf(port(parts[1]));
      case "backend" -> String.valueOf(backends.port(parts[1]));
      case "text" -> backends.pem(parts[1]).replace("\n", "\\n");
      case "base64" -> backends.base64(parts[1]);
      default -> throw new IllegalArgumentException("${" + key + "}");
    };
  }

  int port(String portName) {
    return ports.computeIfAbsent(portName, any -> Ports.free());
  }

  Certificates certificates(String certificate) {
    return backends.certificates(certificate);
  }

  EchoServer backend(String backend) {
    return backends.echo(backend);
  }

  HttpCall get(String path) {
    return call("GET", path);
  }

  HttpCall call(String method, String path) {
    return new HttpCall(this, method, path);
  }

  GrpcCall grpc(String method) {
    return new GrpcCall(this, method);
  }

  BytesCall tcp(String port) {
    return new BytesCall(this, port);
  }

  DatagramCall udp(String port) {
    return new DatagramCall(this, port);
  }

  StatusOf gateway(String gateway) {
    return status("Gateway", gateway);
  }

  StatusOf route(String route) {
    return status("HTTPRoute", route);
  }

  StatusOf policy(String policy) {
    return status("BackendTLSPolicy", policy);
  }

  /** The status of an object in the case's own namespace. */
  StatusOf status(String kind, String object) {
    return status(kind, "", object);
  }

  /**
   * @param suffix of another namespace, such as {@code -web}
   */
  StatusOf status(String kind, String suffix, String object) {
    return StatusOf.object(postern, kind, namespace + suffix, object);
  }

  /** The status of an object of the cluster. */
  StatusOf clusterStatus(String kind, String object) {
    return StatusOf.object(postern, kind, "", object);
  }

  /** Waits until something holds. */
  static void eventually(ThrowingRunnable assertion) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(assertion);
  }

  /** Waits until something holds three times one after the other, as the suite does. */
  static void settles(ThrowingCallable assertion) {
    eventually(() -> {
      for (int i = 0; i < CONSECUTIVE; i++) {
        try {
          assertion.call();
        } catch (Error | Exception e) {
          throw e;
        } catch (Throwable e) {
          throw new IllegalStateException(e);
        }
      }
    });
  }

  @Override
  public void close() {
    List.copyOf(deployed).forEach(this::remove);
  }

  @Override
  public String toString() {
    return name + ", served by " + postern;
  }
}
