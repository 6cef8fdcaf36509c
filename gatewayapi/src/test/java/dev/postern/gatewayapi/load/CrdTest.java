package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The definitions that a cluster is given say what files are checked with. {@code
 * -Dgolden.update=true} rewrites them.
 */
class CrdTest {
  private static final Path FILE = Path.of("../crds/postern.dev_backendconnectionpolicies.yaml");

  @Test
  void theDefinitionSaysWhatTheSchemaSays() throws IOException {
    String text =
        CrdText.of(
            Objects.requireNonNull(KindTable.of(Kind.BACKEND_CONNECTION_POLICY)),
            "backendconnectionpolicies",
            "bcp",
            "BackendConnectionPolicy says about the connection to a backend what the Gateway API"
                + " cannot say: the protocol, the parameters of TLS, FastCGI, time-outs and limits.");
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, text);
    }
    assertThat(text).isEqualTo(Files.readString(FILE));
  }
}
