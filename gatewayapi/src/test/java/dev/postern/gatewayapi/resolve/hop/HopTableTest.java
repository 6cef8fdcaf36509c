package dev.postern.gatewayapi.resolve.hop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resolve.hop.HopTable.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole table, so that no cell changes unseen. {@code -Dgolden.update=true} rewrites it. */
class HopTableTest {
  private static final Path TABLE = Path.of("src/test/resources/hop-table.md");

  @Test
  void everyHintWithEveryStateOfThePolicyIsWrittenDown() throws IOException {
    StringBuilder text = new StringBuilder("| appProtocol |");
    for (TlsState state : TlsState.values()) {
      text.append(" policy ").append(state).append(" |");
    }
    text.append("\n|---|---|---|---|\n");
    for (AppProtocol hint : AppProtocol.values()) {
      text.append("| ").append(names(hint)).append(" |");
      for (TlsState state : TlsState.values()) {
        text.append(' ').append(words(HopTable.httpRoute(hint, state), state)).append(" |");
      }
      text.append('\n');
    }
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(TABLE, text);
    }
    assertThat(text.toString()).isEqualTo(Files.readString(TABLE));
  }

  private static String names(AppProtocol hint) {
    return hint.names().isEmpty() ? hint.name() : String.join(", ", hint.names());
  }

  private static String words(Cell cell, TlsState state) {
    return switch (cell) {
      case Cell.Http1(boolean ignored) ->
          (state == TlsState.VALID ? "HTTP/1.1 over TLS" : "HTTP/1.1")
              + (ignored ? ", with a note" : "");
      case Cell.NeedsPolicy() -> "refused: needs a BackendTLSPolicy";
      case Cell.FailsClosed() -> "500: the policy cannot be followed";
      case Cell.NotBuilt(String what) -> "refused: not built, " + what;
      case Cell.NotHttp() -> "refused: not HTTP";
    };
  }

  @Test
  void noCellSpeaksPlaintextWhereAPolicyIsAttached() {
    for (AppProtocol hint : AppProtocol.values()) {
      assertThat(HopTable.httpRoute(hint, TlsState.INVALID))
          .as(hint.name())
          .isNotInstanceOf(Cell.Http1.class);
    }
  }

  @Test
  void hintsAreReadInAnyLetterCase() {
    List<AppProtocol> read = new ArrayList<>();
    for (String value : List.of("HTTPS", "Kubernetes.io/H2C", "", "MySQL", "example.com/x")) {
      read.add(AppProtocol.of(Optional.of(value)));
    }
    assertThat(read)
        .containsExactly(
            AppProtocol.TLS,
            AppProtocol.HTTP2,
            AppProtocol.UNSET,
            AppProtocol.OTHER_IANA,
            AppProtocol.OTHER_DOMAIN);
  }
}
