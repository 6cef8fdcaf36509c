package dev.postern.ir.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.HeaderMatch;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HeaderMutation.HeaderValue;
import dev.postern.ir.Ir;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.PathMatch;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.QueryMatch;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.ValueMatch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IrTreeTest {
  @Test
  void choicesAreNamedAndWhatIsEmptyIsLeftOut() {
    Route route =
        new Route(
            "r",
            new RouteMatch(new PathMatch.Prefix("/a"), Optional.of("GET"), List.of(), List.of()),
            HeaderMutation.NONE,
            HeaderMutation.NONE,
            new RouteAction.DirectResponse(500, "no"));
    assertThat(IrTree.of(route))
        .isEqualTo(
            Map.of(
                "name",
                "r",
                "match",
                Map.of("path", Map.of("Prefix", "/a"), "method", "GET"),
                "action",
                Map.of("DirectResponse", Map.of("status", 500, "body", "no"))));
    assertThat(IrTree.of(new UpstreamTls.Trust.System())).isEqualTo("System");
    assertThat(IrTree.of(Duration.ofMillis(1500))).isEqualTo("1500ms");
    assertThat(IrTree.of(Duration.ofSeconds(5))).isEqualTo("5s");
  }

  @Test
  void mapsAreSortedByKey() {
    Map<String, LoadAssignment> assignments =
        Map.of(
            "b", new LoadAssignment("b", List.of()),
            "a", new LoadAssignment("a", List.of(new LoadAssignment.Endpoint("::1", 1))),
            "c", new LoadAssignment("c", List.of()));
    Map<?, ?> tree =
        (Map<?, ?>) IrTree.of(Ir.of(Map.of(), Map.of(), assignments)).get("loadAssignments");
    assertThat(tree.keySet().stream().map(Object::toString)).containsExactly("a", "b", "c");
  }

  @Test
  void aPrivateKeyIsRedacted() {
    var key = new PrivateKeyDer("very secret".getBytes(StandardCharsets.UTF_8));
    var certificate = new DownstreamTls.ServerCertificate("ns/cert", List.of(), key);
    assertThat(IrTree.of(certificate))
        .isEqualTo(Map.of("name", "ns/cert", "privateKey", "[redacted]"));
  }

  @Test
  void credentialsInHeadersQueriesAndParametersAreRedacted() {
    var changes =
        new HeaderMutation(
            List.of(
                new HeaderValue("authorization", "Basic c2VjcmV0"),
                new HeaderValue("x-colour", "blue")),
            List.of(new HeaderValue("cookie", "a=secret"), new HeaderValue("x-api-key", "secret")),
            List.of("set-cookie"));
    assertThat(IrTree.of(changes))
        .isEqualTo(
            Map.of(
                "set",
                List.of(
                    Map.of("name", "authorization", "value", "[redacted]"),
                    Map.of("name", "x-colour", "value", "blue")),
                "add",
                List.of(
                    Map.of("name", "cookie", "value", "[redacted]"),
                    Map.of("name", "x-api-key", "value", "[redacted]")),
                "remove",
                List.of("set-cookie")));
    assertThat(IrTree.of(new HeaderMatch("proxy-authorization", new ValueMatch.Exact("secret"))))
        .isEqualTo(Map.of("name", "proxy-authorization", "value", "[redacted]"));
    assertThat(IrTree.of(new QueryMatch("access_token", new ValueMatch.Regex("secret"))))
        .isEqualTo(Map.of("name", "access_token", "value", "[redacted]"));
    assertThat(IrTree.of(new QueryMatch("page", new ValueMatch.Exact("1"))))
        .isEqualTo(Map.of("name", "page", "value", Map.of("Exact", "1")));
    assertThat(IrTree.of(new FastCgiOptions.Param("DB_PASSWORD", "secret")))
        .isEqualTo(Map.of("name", "DB_PASSWORD", "value", "[redacted]"));
  }

  @Test
  void whatIsNoPartOfAnIrIsRefused() {
    assertThatThrownBy(() -> IrTree.of(new StringBuilder("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
