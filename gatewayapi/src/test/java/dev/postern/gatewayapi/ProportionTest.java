package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A change costs what it touches, however much else there is. */
class ProportionTest {
  private static final int MANY = 2_000;

  /** More than any single change needs, and far less than there are objects. */
  private static final int FEW = 40;

  private final String ca = read("leaf.crt");
  private final String otherCa = read("other.crt");
  private final Translator translator = new Translator();

  private static String read(String name) {
    try {
      return Files.readString(Path.of("src/test/resources/certificates", name));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneChangeAmongManyObjectsDerivesAFewValues(boolean oneHost) {
    Translation before = put(ManyObjects.of(MANY, oneHost, ca));
    assertThat(before.ir().clusters()).hasSize(MANY);
    costsLittle(t -> remove(ManyObjects.policy(7)));
    costsLittle(t -> put(List.of(ManyObjects.policy(7))));
    costsLittle(t -> put(List.of(ManyObjects.movedEndpoint(7, 9443))));
    costsLittle(t -> put(List.of(ManyObjects.ca("own", otherCa))));
    costsLittle(t -> put(List.of(ManyObjects.movedRoute(7, "moved.example.com"))));
    Translation after = put(List.of());
    assertThat(after.ir().clusters().get("kube_default_s8_443"))
        .isSameAs(before.ir().clusters().get("kube_default_s8_443"));
    assertThat(after.ir().clusters().get("kube_default_s0_443"))
        .isNotEqualTo(before.ir().clusters().get("kube_default_s0_443"));
  }

  private void costsLittle(Consumer<Translator> change) {
    long before = translator.derivations();
    change.accept(translator);
    assertThat(translator.derivations() - before).isBetween(1L, (long) FEW);
  }

  private Translation put(List<Resource> objects) {
    return translator.apply(new ResourceDelta(objects, List.of()));
  }

  private void remove(Resource object) {
    translator.apply(new ResourceDelta(List.of(), List.of(object.ref())));
  }
}
