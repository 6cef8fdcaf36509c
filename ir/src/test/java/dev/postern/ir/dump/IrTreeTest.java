package dev.postern.ir.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.LoadAssignment;
import dev.postern.ir.PathMatch;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.Route;
import dev.postern.ir.RouteAction;
import dev.postern.ir.RouteMatch;
import dev.postern.ir.UpstreamTls;
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
  void whatIsNoPartOfAnIrIsRefused() {
    assertThatThrownBy(() -> IrTree.of(new StringBuilder("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
