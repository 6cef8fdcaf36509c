package dev.postern.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.app.control.ControlLoop;
import dev.postern.app.control.Snapshot;
import dev.postern.gatewayapi.Translation;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private final List<String> lines = new ArrayList<>();
  private final Announcer announcer = new Announcer(lines::add);
  private Snapshot last = Snapshot.NONE;

  private void round(Finding... findings) {
    lines.clear();
    var now =
        new Snapshot(
            last.version() + 1,
            Instant.EPOCH,
            Translation.EMPTY,
            List.of(findings),
            Map.of(),
            Map.of());
    announcer.onRound(new ControlLoop.Round(last, now, List.of(), List.of(), List.of()));
    last = now;
  }

  private static Finding at(int line) {
    return new Finding(
        Severity.WARNING,
        Optional.of(new ObjectRef(Kind.SERVICE, "default", "web")),
        "spec.ports[0]",
        Optional.of("web.yaml:" + line),
        "It is not as its author may think.");
  }

  @Test
  void aFindingThatIsNowOnAnotherLineIsNotSolvedAndNotNew() {
    round(at(7));
    assertThat(lines).singleElement().asString().contains("author", "web.yaml:7");
    round(at(8));
    assertThat(lines).isEmpty();
    round();
    assertThat(lines).singleElement().asString().contains("solved", "web.yaml:8");
  }
}
