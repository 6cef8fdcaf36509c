package dev.postern.e2e.roundtrip;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.GrpcJavaServer;
import dev.postern.e2e.fixture.HttpBackend;
import dev.postern.e2e.fixture.Peers;
import dev.postern.e2e.fixture.PhpFpmProcess;
import dev.postern.e2e.fixture.TlsOrPlainBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The backends that both gateways have. Their answers say what they saw.
final class SharedBackends implements AutoCloseable {
  /** What differs with the request or the port. */
  private static final Set<String> NOT_TOLD =
      Set.of("connection", "x-forwarded-port", "x-request-id");

  /** What nginx alone sends, told to who asks for `/with-real-ip`. */
  private static final Set<String> REAL_IP =
      Set.of("x-forwarded-scheme", "x-original-forwarded-for", "x-real-ip", "x-scheme");

  final Certificates authority = Certificates.authority("Backends");
  private final HttpBackend echo = HttpBackend.handling("echo", told("echo"));
  private final HttpBackend other = HttpBackend.handling("other", told("other"));
  private final HttpBackend unverified =
      HttpBackend.handling(
          "unverified", Certificates.selfSigned("any.example.org"), told("unverified"));
  private final HttpBackend verified =
      HttpBackend.handling("verified", authority.leafFor("backend.example.com"), told("verified"));
  private final HttpBackend imposter =
      HttpBackend.handling(
          "imposter", Certificates.selfSigned("backend.example.com"), told("imposter"));
  private final HttpBackend demanding =
      HttpBackend.demanding(
          "demanding", authority.leafFor("demanding.example.com"), authority, told("demanding"));
  private final HttpBackend auth = HttpBackend.handling("auth", SharedBackends::verify);
  private final GrpcJavaServer calls = GrpcJavaServer.plain();
  private final GrpcJavaServer secureCalls =
      GrpcJavaServer.tls(Certificates.selfSigned("any.example.org"));
  final TlsOrPlainBackend auto =
      new TlsOrPlainBackend("auto", authority.leafFor("auto.example.com"));
  private final Peers peers;
  private final PhpFpmProcess php;
  private final Path scripts;
  private final int grpc;
  private final int grpcs;
  private final int socket;
  private final int secureSocket;

  SharedBackends(Path folder) throws IOException {
    peers = new Peers(folder.resolve("peers"));
    grpc = peers.add("http2");
    grpcs = peers.add("http2", authority.leafFor("grpcs.example.com"));
    socket = peers.add("websocket");
    secureSocket = peers.add("websocket", Certificates.selfSigned("any.example.org"));
    peers.start();
    scripts = Files.createDirectories(folder.resolve("scripts"));
    Files.copy(IngressCase.ALL.resolve("fcgi/index.php"), scripts.resolve("index.php"));
    php = PhpFpmProcess.start(Files.createDirectories(folder.resolve("php")));
  }

  /// Asked whether a request may pass.
  private static void verify(Exchange exchange) throws IOException {
    String token = exchange.value("authorization");
    if (!exchange.target().startsWith("/verify") || !token.matches("Bearer (right|nameless)")) {
      exchange.respond(401, "", "WWW-Authenticate: Bearer");
    } else if (token.endsWith("right")) {
      exchange.respond(200, "", "X-User: anna");
    } else {
      exchange.respond(200, "");
    }
  }

  private static HttpBackend.Handler told(String name) {
    return exchange ->
        exchange.respond(
            exchange.target().startsWith("/status/")
                ? Integer.parseInt(exchange.target().substring("/status/".length()), 10)
                : 200,
            told(exchange),
            "Content-Type: text/plain",
            "Backend: " + name);
  }

  private static String told(Exchange exchange) throws IOException {
    String body = exchange.readBody().text();
    Map<String, String> fields = new TreeMap<>();
    for (String line : exchange.head().subList(1, exchange.head().size())) {
      String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
      fields.merge(name, line.substring(name.length() + 1).strip(), (a, b) -> a + " | " + b);
    }
    fields.keySet().removeAll(NOT_TOLD);
    if (!exchange.target().equals("/with-real-ip")) {
      fields.keySet().removeAll(REAL_IP);
    }
    return "%s %s%nserver name %s%n%s%n%n%s"
        .formatted(
            exchange.method(),
            exchange.target(),
            exchange.serverName(),
            fields.entrySet().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .collect(Collectors.joining("\n")),
            body);
  }

  private List<HttpBackend> http() {
    return List.of(echo, other, unverified, verified, imposter, demanding, auth);
  }

  /// Ports by the name of the Service.
  Map<String, Integer> ports() {
    Map<String, Integer> ports = new TreeMap<>();
    for (HttpBackend each : http()) {
      ports.put(each.name(), each.port());
    }
    ports.put("auto", auto.port());
    ports.put("calls", calls.port());
    ports.put("secure-calls", secureCalls.port());
    ports.put("socket", socket);
    ports.put("secure-socket", secureSocket);
    ports.put("grpc", grpc);
    ports.put("grpcs", grpcs);
    ports.put("fcgi", php.port());
    return ports;
  }

  /// What stands for `@name@` in the files.
  Map<String, String> known() {
    Map<String, String> known = new TreeMap<>();
    ports().forEach((name, port) -> known.put(name, port.toString()));
    known.put("scripts", scripts.toString());
    return known;
  }

  @Override
  public void close() {
    http().forEach(HttpBackend::close);
    auto.close();
    calls.close();
    secureCalls.close();
    peers.close();
    php.close();
  }
}
