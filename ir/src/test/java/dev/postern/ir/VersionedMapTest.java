package dev.postern.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionedMapTest {

  @Test
  void everyVersionStaysWhatItWasAndTheDifferenceIsTold() {
    Random random = new Random(7);
    VersionedMap.Edit<Integer, String> edit = VersionedMap.<Integer, String>empty().edit();
    VersionedMap<Integer, String> last = edit.done();
    Map<Integer, String> expected = new HashMap<>();
    for (int round = 0; round < 300; round++) {
      Map<Integer, String> before = Map.copyOf(expected);
      Set<Integer> touched = new HashSet<>();
      for (int i = random.nextInt(40); i > 0; i--) {
        int key = random.nextInt(5000);
        touched.add(key);
        if (random.nextInt(3) == 0) {
          edit.remove(key);
          expected.remove(key);
        } else {
          String value = "v" + round;
          edit.put(key, value);
          expected.put(key, value);
        }
      }
      VersionedMap<Integer, String> next = edit.done();
      assertThat(last).isEqualTo(before).hasSameSizeAs(before);
      assertThat(next).isEqualTo(expected).hasSameSizeAs(expected);
      assertThat(new HashMap<>(next)).isEqualTo(expected);
      touched.removeIf(key -> !before.containsKey(key) && !expected.containsKey(key));
      Set<Integer> told = new HashSet<>();
      VersionedMap.changes(last, next, key -> assertThat(told.add(key)).isTrue());
      assertThat(told).isEqualTo(touched);
      last = next;
    }
    assertThat(expected).hasSizeGreaterThan(1000);
  }

  @Test
  void withoutAChangeItIsTheSameInstance() {
    VersionedMap<String, String> map = VersionedMap.copyOf(Map.of("a", "1"));
    VersionedMap.Edit<String, String> edit = map.edit();
    edit.remove("b");
    assertThat(edit.done()).isSameAs(map);
    assertThat(VersionedMap.copyOf(map)).isSameAs(map);
    assertThat(map.get("b")).isNull();
  }
}
