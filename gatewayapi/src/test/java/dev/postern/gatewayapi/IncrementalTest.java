package dev.postern.gatewayapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.ir.DataPlane;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the objects came in, what they mean is the same. */
class IncrementalTest {
  private static final int STEPS = 250;
  private static final Universe UNIVERSE = universe();
  private static final List<DataPlane.Applied> APPLIED =
      List.of(
          DataPlane.Applied.ALL_BOUND,
          new DataPlane.Applied(Map.of("0.0.0.0_80", "address in use"), Set.of()),
          new DataPlane.Applied(
              Map.of("127.0.0.9_90", "no such address", "0.0.0.0_90_udp", "address in use"),
              Set.of("127.0.0.9")));

  private static Universe universe() {
    try {
      Path directory = Path.of("src/test/resources/certificates");
      return new Universe(
          Files.readString(directory.resolve("leaf.crt")),
          Files.readString(directory.resolve("other.crt")),
          Files.readString(directory.resolve("leaf.p8")));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void anySequenceOfDeltasMeansWhatTheObjectsMeanTogether(long seed) {
    Random random = new Random(seed);
    Translator incremental = new Translator();
    Map<ObjectRef, Resource> present = new LinkedHashMap<>();
    DataPlane.Applied applied = DataPlane.Applied.ALL_BOUND;
    Translation before = incremental.apply(new ResourceDelta(List.of(), List.of()));
    for (int step = 0; step < STEPS; step++) {
      Translation after;
      if (random.nextInt(10) == 0) {
        applied = APPLIED.get(random.nextInt(APPLIED.size()));
        after = incremental.applied(applied);
      } else {
        after = incremental.apply(change(random, present));
      }
      Translation fresh = fromScratch(present.values(), applied);
      assertThat(after).as("seed %d, step %d", seed, step).isEqualTo(fresh);
      assertKept(before, after);
      before = after;
    }
  }

  private static ResourceDelta change(Random random, Map<ObjectRef, Resource> present) {
    List<Resource> upserts = new ArrayList<>();
    List<ObjectRef> removals = new ArrayList<>();
    List<ObjectRef> names = new ArrayList<>(UNIVERSE.names());
    java.util.Collections.shuffle(names, random);
    for (ObjectRef name : names.subList(0, 1 + random.nextInt(3))) {
      List<Resource> variants = UNIVERSE.variants(name);
      if (random.nextInt(4) == 0) {
        removals.add(name);
        present.remove(name);
      } else {
        Resource object = variants.get(random.nextInt(variants.size()));
        upserts.add(object);
        present.put(name, object);
      }
    }
    return new ResourceDelta(upserts, removals);
  }

  private static Translation fromScratch(Iterable<Resource> objects, DataPlane.Applied applied) {
    List<Resource> all = new ArrayList<>();
    objects.forEach(all::add);
    Translator translator = new Translator();
    translator.apply(new ResourceDelta(all, List.of()));
    return translator.applied(applied);
  }

  /** What is equal is the same instance. */
  private static void assertKept(Translation before, Translation after) {
    assertKept(before.ir().listeners(), after.ir().listeners());
    assertKept(before.ir().clusters(), after.ir().clusters());
    assertKept(before.ir().loadAssignments(), after.ir().loadAssignments());
    assertKept(before.statuses(), after.statuses());
    assertKept(parts(before.ir()), parts(after.ir()));
  }

  private static Map<String, Object> parts(Ir ir) {
    Map<String, Object> parts = new LinkedHashMap<>();
    for (Listener listener : ir.listeners().values()) {
      for (FilterChain chain : listener.filterChains()) {
        String name = listener.name() + " " + chain.name();
        parts.put(name, chain);
        for (VirtualHost host : chain.routeConfiguration().virtualHosts()) {
          parts.put(name + " " + host.domain(), host);
        }
      }
    }
    return parts;
  }

  private static <K, V> void assertKept(Map<K, V> before, Map<K, V> after) {
    after.forEach((key, value) -> {
      V old = before.get(key);
      if (value.equals(old)) {
        assertThat(value).isSameAs(old);
      }
    });
  }

  @Test
  void everythingThatComesAndGoesIsForgotten() {
    Translator translator = new Translator();
    List<Resource> all = new ArrayList<>();
    UNIVERSE.names().forEach(name -> all.add(UNIVERSE.variants(name).getFirst()));
    translator.apply(new ResourceDelta(all, List.of()));
    long full = translator.remembered();
    translator.apply(new ResourceDelta(List.of(), UNIVERSE.names()));
    assertThat(translator.remembered()).isLessThan(60).isLessThan(full / 2);
  }
}
