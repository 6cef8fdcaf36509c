package dev.postern.e2e.conformance;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.Exchange;
import dev.postern.e2e.fixture.LyingBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * Answers with what it got, as JSON: backend, method, path, host, headers, serverName,
 * clientCertificate.
 *
 * <p>{@code ?delay=500} waits so many milliseconds; {@code ?fail=503&until=2&id=x} answers 503 to
 * the first two requests of that id; the field {@code X-Echo-Set-Header: a:b,c:d} adds fields to
 * the response; an upgrade to WebSocket gets its frames back.
 */
final class EchoServer implements AutoCloseable {
  private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final String name;
  private final LyingBackend server;
  private final Queue<Exchange> seen = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();

  private EchoServer(String name, Certificates... tls) {
    this.name = name;
    this.server =
        tls.length == 0
            ? LyingBackend.plain(this::serve)
            : LyingBackend.tls(tls[0].serverContextFor(tls[1]), this::serve);
  }

  static EchoServer plain(String name) {
    return new EchoServer(name);
  }

  /** Over TLS; a client's certificate of that authority is taken, not demanded. */
  static EchoServer tls(String name, Certificates certificate, Certificates clients) {
    return new EchoServer(name, certificate, clients);
  }

  int port() {
    return server.port();
  }

  /** The requests with that path, queries aside. */
  List<Exchange> requests(String path) {
    return seen.stream().filter(one -> path.equals(path(one))).toList();
  }

  /** How often a request with that id came. */
  int attempts(String id) {
    return attempts.getOrDefault(id, new AtomicInteger()).get();
  }

  private void serve(LyingBackend.Wire wire) throws IOException, InterruptedException {
    SSLSession session = null;
    if (wire.socket() instanceof SSLSocket tls) {
      tls.setWantClientAuth(true);
      tls.startHandshake();
      session = tls.getSession();
    }
    String serverName = session == null ? "" : serverName(session);
    for (String head = wire.readHead(); !head.isEmpty(); head = wire.readHead()) {
      Exchange exchange =
          new Exchange(
              new ArrayList<>(Arrays.asList(head.split("\r\n"))),
              serverName,
              0,
              wire.in(),
              wire.out());
      seen.add(exchange);
      if (exchange.value("upgrade").equalsIgnoreCase("websocket")) {
        webSocket(exchange);
        return;
      }
      answer(exchange, session == null ? "" : certificate(session));
    }
  }

  private void answer(Exchange exchange, String certificate)
      throws IOException, InterruptedException {
    exchange.readBody();
    Map<String, String> query = query(exchange.target());
    TimeUnit.MILLISECONDS.sleep(Long.parseLong(query.getOrDefault("delay", "0")));
    int status = 200;
    if (query.containsKey("id")) {
      int attempt =
          attempts.computeIfAbsent(query.get("id"), id -> new AtomicInteger()).incrementAndGet();
      if (attempt <= Integer.parseInt(query.get("until"))) {
        status = Integer.parseInt(query.get("fail"));
      }
    }
    List<String> fields = new ArrayList<>(List.of("Content-Type: application/json"));
    for (String set : exchange.value("x-echo-set-header").split(",")) {
      if (!set.isBlank()) {
        fields.add(set.strip().replaceFirst(":", ": "));
      }
    }
    exchange.respond(status, json(exchange, certificate), fields.toArray(String[]::new));
  }

  private String json(Exchange exchange, String certificate) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String line : exchange.head().subList(1, exchange.head().size())) {
      String[] parts = line.split(":", 2);
      headers
          .computeIfAbsent(parts[0].toLowerCase(Locale.ROOT), any -> new ArrayList<>())
          .add(quoted(parts[1].strip()));
    }
    List<String> fields = new ArrayList<>();
    headers.forEach((field, values) -> fields.add(quoted(field) + ": " + values));
    return "{\"backend\": %s, \"method\": %s, \"path\": %s, \"host\": %s, \"serverName\": %s,"
            .formatted(
                quoted(name),
                quoted(exchange.method()),
                quoted(exchange.target()),
                quoted(exchange.value("host")),
                quoted(exchange.serverName()))
        + " \"clientCertificate\": %s, \"headers\": {%s}}"
            .formatted(quoted(certificate), String.join(", ", fields));
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "")
        + '"';
  }

  private static String path(Exchange exchange) {
    return exchange.target().split("\\?", 2)[0];
  }

  private static Map<String, String> query(String target) {
    Map<String, String> query = new LinkedHashMap<>();
    String[] parts = target.split("\\?", 2);
    if (parts.length == 2) {
      for (String pair : parts[1].split("&")) {
        String[] both = pair.split("=", 2);
        query.put(both[0], both.length == 2 ? both[1] : "");
      }
    }
    return query;
  }

  private static String serverName(SSLSession session) {
    return ((ExtendedSSLSession) session)
        .getRequestedServerNames().stream()
            .findFirst()
            .map(asked -> ((SNIHostName) asked).getAsciiName())
            .orElse("");
  }

  private static String certificate(SSLSession session) {
    try {
      X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (SSLPeerUnverifiedException none) {
      return "";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Frames of less than 126 octets come back without their mask. */
  private static void webSocket(Exchange exchange) throws IOException {
    if (exchange.value("origin").isEmpty()) {
      exchange.respond(403, "no origin");
      return;
    }
    exchange.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(exchange.value("sec-websocket-key"))
            + "\r\n\r\n");
    for (int first = exchange.in().read(); first >= 0; first = exchange.in().read()) {
      int length = exchange.in().read() & 0x7f;
      byte[] mask = exchange.in().readNBytes(4);
      byte[] payload = exchange.in().readNBytes(length);
      for (int i = 0; i < length; i++) {
        payload[i] ^= mask[i % 4];
      }
      exchange.out().write(new byte[] {(byte) first, (byte) length});
      exchange.out().write(payload);
      exchange.out().flush();
    }
  }

  static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest((key + WEBSOCKET).getBytes(StandardCharsets.US_ASCII)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
