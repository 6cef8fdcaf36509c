package dev.postern.gatewayapi.resolve.hop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resolve.hop.HopTable.Cell;
import dev.postern.gatewayapi.resolve.hop.HopTable.Note;
import dev.postern.gatewayapi.resolve.hop.HopTable.Reason;
import dev.postern.gatewayapi.resolve.hop.HopTable.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole table, so that no cell changes unseen. {@code -Dgolden.update=true} rewrites it. */
class HopTableTest {
  /// Kinds whose hops are not as they are whatever anybody says.
  private static final List<RouteKind> DECIDED =
      Arrays.stream(RouteKind.values()).filter(kind -> !kind.isFixed()).toList();

  private static final Path DOCS = Path.of("../docs/backend-protocols.md");
  private static final String BEGIN = "<!-- table: begin (generated: ./dev golden) -->\n";
  private static final String END = "<!-- table: end -->\n";

  @Test
  void theDocsShowEveryKindOfRouteWithEveryHintAndStateOfTls() throws IOException {
    String docs = Files.readString(DOCS);
    assertThat(docs).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
    int begin = docs.indexOf(BEGIN) + BEGIN.length();
    int end = docs.indexOf(END);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCS, docs.substring(0, begin) + table() + docs.substring(end));
    } else {
      assertThat(docs.substring(begin, end)).isEqualTo(table());
    }
  }

  private static String table() {
    StringBuilder text = new StringBuilder();
    for (RouteKind route : DECIDED) {
      text.append("\n**").append(String.join(", ", route.names())).append("**\n\n");
      text.append("| appProtocol | without TLS | with TLS | cannot be followed |\n");
      text.append("|---|---|---|---|\n");
      for (AppProtocol hint : AppProtocol.values()) {
        text.append("| ").append(names(hint)).append(" |");
        for (TlsState state : TlsState.values()) {
          text.append(' ').append(words(HopTable.cell(route, hint, state), state)).append(" |");
        }
        text.append('\n');
      }
    }
    return text.append('\n').toString();
  }

  private static String names(AppProtocol hint) {
    return switch (hint) {
      case UNSET -> "unset";
      case OTHER_DOMAIN -> "any other `domain/name`";
      case OTHER_IANA -> "any other name";
      default -> "`" + String.join("`, `", hint.names()) + "`";
    };
  }

  private static String words(Cell cell, TlsState state) {
    return switch (cell) {
      case Cell.Speak(Version version, Note note) -> spoken(version, state) + words(note);
      case Cell.SpeakByScheme(Version version) ->
          spoken(version, TlsState.NONE) + ", over TLS for clients that came by TLS";
      case Cell.Refused(Reason reason) ->
          "**UnsupportedProtocol**"
              + switch (reason) {
                case NEEDS_POLICY -> ": who is to be trusted?";
                case NOT_HTTP -> ": not HTTP";
                case NOT_GRPC -> ": not gRPC";
                case NOT_BYTES -> ": goes by the client's HTTP";
              };
      case Cell.FailsClosed() -> "500";
    };
  }

  private static String spoken(Version version, TlsState state) {
    boolean tls = state == TlsState.VALID;
    return switch (version) {
      case HTTP1 -> tls ? "HTTP/1.1 over TLS" : "HTTP/1.1";
      case HTTP2 -> tls ? "HTTP/2 over TLS" : "HTTP/2";
      case NEGOTIATED -> tls ? "HTTP/2 or HTTP/1.1 over TLS" : "HTTP/1.1";
      case FAST_CGI -> tls ? "FastCGI over TLS" : "FastCGI";
      case BYTES -> tls ? "bytes over TLS" : "bytes";
    };
  }

  private static String words(Note note) {
    return note == Note.NONE ? "" : ", with a note";
  }

  @Test
  void nothingIsSentWhereAPolicyCannotBeFollowed() {
    for (RouteKind route : DECIDED) {
      for (AppProtocol hint : AppProtocol.values()) {
        assertThat(HopTable.cell(route, hint, TlsState.INVALID))
            .as(route + ", " + hint)
            .isNotInstanceOfAny(Cell.Speak.class, Cell.SpeakByScheme.class);
      }
    }
  }

  @Test
  void noHintThatDeclaresTlsIsSpokenToInPlaintext() {
    for (RouteKind route : DECIDED) {
      for (AppProtocol hint :
          List.of(AppProtocol.TLS, AppProtocol.WEBSOCKET_TLS, AppProtocol.AUTO_HTTP)) {
        assertThat(HopTable.cell(route, hint, TlsState.NONE))
            .as(route + ", " + hint)
            .isInstanceOf(Cell.Refused.class);
      }
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

  @Test
  void namesOfPortsSayTheVersionAndNothingElse() {
    for (String name : List.of("grpc", "grpc-web", "GRPC-api", "http2", "http2-x")) {
      assertThat(PortName.read(name)).as(name).contains(AppProtocol.HTTP2);
    }
    for (String name : List.of("", "http", "https", "https-grpc", "tls", "grpcs", "h2c", "mysql")) {
      assertThat(PortName.read(name)).as(name).isEmpty();
    }
  }
}
