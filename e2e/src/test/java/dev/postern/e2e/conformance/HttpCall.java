package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Certificates;
import dev.postern.e2e.fixture.RawHttp;
import dev.postern.e2e.fixture.RawResponse;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/** A request, sent on a fresh connection as often as it takes until the answers are as wanted. */
final class HttpCall {
  private final Case test;
  private final String method;
  private final String path;
  private final List<String> fields = new ArrayList<>();
  private final List<String> backendSets = new ArrayList<>();
  private final List<Consumer<Echo>> wanted = new ArrayList<>();
  private String host = "gateway.test";
  private String port = "http";
  private @Nullable String serverName;
  private @Nullable Certificates client;

  HttpCall(Case test, String method, String path) {
    this.test = test;
    this.method = method;
    this.path = path;
  }

  HttpCall host(String newHost) {
    host = newHost;
    return this;
  }

  /** The listener's port by its name in the manifests; {@code http} otherwise. */
  HttpCall on(String newPort) {
    port = newPort;
    return this;
  }

  HttpCall with(String field, String value) {
    fields.add(field + ": " + value);
    return this;
  }

  /** What the backend adds to its response. */
  HttpCall backendSets(String field, String value) {
    backendSets.add(field + ":" + value);
    return this;
  }

  /** Over TLS, for the server name and as the host. */
  HttpCall tls(String name) {
    serverName = name;
    return host(name);
  }

  /** With a client certificate. */
  HttpCall showing(Certificates certificate) {
    client = certificate;
    return this;
  }

  /** The backend gets the field with that value; values of several lines are joined. */
  HttpCall sees(String field, String value) {
    wanted.add(
        echo -> assertThat(echo.header(field)).as("%s at the backend", field).isEqualTo(value));
    return this;
  }

  HttpCall seesNo(String... absent) {
    wanted.add(echo ->
        Arrays.stream(absent)
            .forEach(
                field -> assertThat(echo.header(field)).as("%s at the backend", field).isEmpty()));
    return this;
  }

  HttpCall seesPath(String value) {
    wanted.add(echo -> assertThat(echo.text("path")).isEqualTo(value));
    return this;
  }

  HttpCall seesHost(String value) {
    wanted.add(echo -> assertThat(echo.text("host")).isEqualTo(value));
    return this;
  }

  HttpCall seesServerName(String value) {
    wanted.add(echo -> assertThat(echo.text("serverName")).isEqualTo(value));
    return this;
  }

  HttpCall seesClientCertificate(Certificates certificate) {
    wanted.add(echo ->
        assertThat(echo.text("clientCertificate"))
            .isEqualToIgnoringNewLines(certificate.certificatePem()));
    return this;
  }

  /** 200 from that backend, with the path and method that were sent unless the test says else. */
  RawResponse reaches(String backend) {
    AtomicReference<RawResponse> last = new AtomicReference<>();
    Case.settles(() -> {
      RawResponse response = send();
      assertThat(response.status()).as("%s: %s", this, response).isEqualTo(200);
      Echo echo = Echo.of(response);
      assertThat(echo.text("backend")).as("%s reaches", this).isEqualTo(backend);
      assertThat(echo.text("method")).isEqualTo(method);
      wanted.forEach(one -> one.accept(echo));
      last.set(response);
    });
    return last.get();
  }

  /** One of these statuses, three times in a row. */
  RawResponse answers(Integer... statuses) {
    AtomicReference<RawResponse> last = new AtomicReference<>();
    Case.settles(() -> {
      RawResponse response = send();
      assertThat(response.status()).as("%s: %s", this, response).isIn((Object[]) statuses);
      last.set(response);
    });
    return last.get();
  }

  /** A redirect to exactly that place. */
  void redirects(int status, String... locations) {
    Case.settles(() -> {
      RawResponse response = send();
      assertThat(response.status()).as("%s: %s", this, response).isEqualTo(status);
      assertThat(response.value("location")).as("%s: Location", this).isIn((Object[]) locations);
    });
  }

  /** No connection over TLS, or none that answers. */
  void isRefused() {
    Case.settles(() ->
        Assertions.assertThatThrownBy(this::send)
            .as("%s", this)
            .isInstanceOf(UncheckedIOException.class));
  }

  /** The answer on a fresh connection, whatever it is. */
  RawResponse send() {
    try (RawHttp connection = connect()) {
      return on(connection);
    }
  }

  RawHttp connect() {
    if (serverName == null) {
      return RawHttp.connect(test.port(port));
    }
    return RawHttp.connectTls(
        test.port(port),
        serverName,
        client == null
            ? test.certificates("front-ca").trustingContext()
            : test.certificates("front-ca").trustingContext(client),
        "http/1.1");
  }

  RawResponse on(RawHttp connection) {
    List<String> all = new ArrayList<>(fields);
    if (!backendSets.isEmpty()) {
      all.add("X-Echo-Set-Header: " + String.join(",", backendSets));
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      all.add("Content-Length: 0");
    }
    connection.send(RawHttp.requestHead(method, host, path, all.toArray(String[]::new)));
    return connection.finalResponse(method);
  }

  @Override
  public String toString() {
    return "%s %s (Host: %s) %s".formatted(method, path, host, fields);
  }
}
