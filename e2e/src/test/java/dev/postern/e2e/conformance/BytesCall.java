package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.e2e.fixture.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A connection that sends a line and reads one. */
final class BytesCall implements RawCall {
  private static final int PATIENCE_MILLIS = 3_000;

  private final Case test;
  private final String port;
  private @Nullable String serverName;
  private String trusted = "ca";

  BytesCall(Case test, String port) {
    this.test = test;
    this.port = port;
  }

  /** Over TLS, for a server name, with a certificate of the backends' authority. */
  BytesCall tls(String name) {
    serverName = name;
    return this;
  }

  /** The certificate must be of that authority. */
  BytesCall trusting(String authority) {
    trusted = authority;
    return this;
  }

  /** Closed before a handshake came to an end. */
  void isRefused() {
    Case.settles(() -> assertThatThrownBy(this::send).isInstanceOf(UncheckedIOException.class));
  }

  @Override
  public String send() {
    try (RawHttp connection =
        serverName == null
            ? RawHttp.connect(test.port(port))
            : RawHttp.connectTls(
                test.port(port), serverName, test.certificates(trusted).trustingContext())) {
      connection.patience(PATIENCE_MILLIS).send("hello\n");
      StringBuilder line = new StringBuilder();
      for (int next = connection.input().read();
          next >= 0 && next != '\n';
          next = connection.input().read()) {
        line.append((char) next);
      }
      return line.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
