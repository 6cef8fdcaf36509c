package dev.postern.gatewayapi.memo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoTest {
  private final Memo memo = new Memo(() -> {});
  private final Inputs<String, Integer> inputs = memo.inputs(0);
  private final Index<String, String> index = memo.index();
  private final List<String> derived = new ArrayList<>();

  private <V> V noting(String what, V value) {
    derived.add(what);
    return value;
  }

  @Test
  void aValueIsDerivedOnceUntilWhatItReadChanges() {
    Query<String, Integer> twice = memo.query(key -> noting(key, 2 * inputs.get(key)));
    inputs.set("a", 1);
    assertThat(twice.get("a")).isEqualTo(2);
    assertThat(twice.get("a")).isEqualTo(2);
    inputs.set("b", 5);
    assertThat(twice.get("a")).isEqualTo(2);
    assertThat(derived).containsExactly("a");
    inputs.set("a", 3);
    assertThat(twice.get("a")).isEqualTo(6);
    assertThat(derived).containsExactly("a", "a");
  }

  @Test
  void anEqualResultKeepsItsInstanceAndStopsTheChange() {
    Query<String, List<Integer>> sign =
        memo.query(key -> noting("sign", List.of(Integer.signum(inputs.get(key)))));
    Query<String, String> text = memo.query(key -> noting("text", sign.get(key).toString()));
    inputs.set("a", 1);
    String before = text.get("a");
    List<Integer> list = sign.get("a");
    inputs.set("a", 2);
    assertThat(text.get("a")).isSameAs(before);
    assertThat(sign.get("a")).isSameAs(list);
    assertThat(derived).containsExactly("sign", "text", "sign");
  }

  @Test
  void whatIsNoLongerReadNoLongerCounts() {
    Query<String, Integer> chosen =
        memo.query(
            key -> noting("chosen", inputs.get("left") > 0 ? inputs.get("a") : inputs.get("b")));
    inputs.set("left", 1);
    assertThat(chosen.get("")).isZero();
    inputs.set("left", -1);
    assertThat(chosen.get("")).isZero();
    inputs.set("a", 9);
    assertThat(chosen.get("")).isZero();
    assertThat(derived).hasSize(2);
    inputs.set("b", 7);
    assertThat(chosen.get("")).isEqualTo(7);
  }

  @Test
  void gatheredTellsWhatChangedAndLooksAtNothingElse() {
    Query<String, Integer> twice = memo.query(key -> noting(key, 2 * inputs.get(key)));
    Gathered<String, Integer> all = memo.gather(index, "all", twice);
    index.add("all", "a");
    index.add("all", "b");
    inputs.set("a", 1);
    assertThat(all.changes()).hasSize(2);
    derived.clear();
    inputs.set("a", 2);
    assertThat(all.changes())
        .containsExactly(new Gathered.Change<>("a", Optional.of(2), Optional.of(4)));
    assertThat(derived).containsExactly("a");
    index.remove("all", "b");
    index.add("all", "c");
    assertThat(all.changes())
        .containsExactlyInAnyOrder(
            new Gathered.Change<>("b", Optional.of(0), Optional.empty()),
            new Gathered.Change<>("c", Optional.empty(), Optional.of(0)));
    index.remove("all", "c");
    index.add("all", "c");
    assertThat(all.changes()).isEmpty();
  }

  @Test
  void mergedListsStaySorted() {
    Query<String, List<Integer>> pair =
        memo.query(key -> List.of(inputs.get(key), inputs.get(key) + 10));
    Merged<Integer> merged = memo.merge(index, "all", key -> key, pair, Comparator.naturalOrder());
    Query<String, Integer> sum =
        memo.query(_ -> merged.get().stream().mapToInt(Integer::intValue).sum());
    inputs.set("a", 5);
    inputs.set("b", 2);
    index.add("all", "a");
    index.add("all", "b");
    assertThat(merged.get()).containsExactly(2, 5, 12, 15);
    assertThat(sum.get("")).isEqualTo(34);
    inputs.set("a", 1);
    assertThat(merged.get()).containsExactly(1, 2, 11, 12);
    assertThat(sum.get("")).isEqualTo(26);
    assertThat(merged.closeIfUnread()).isFalse();
  }

  @Test
  void whatNobodyReadsIsForgotten() {
    Query<String, Integer> leaf = memo.query(inputs::get);
    Gathered<String, Integer> all =
        memo.gather(index, "all", memo.query((String key) -> leaf.get(key)));
    long empty = memo.size();
    inputs.set("a", 1);
    index.add("all", "a");
    assertThat(all.changes()).hasSize(1);
    assertThat(memo.size()).isGreaterThan(empty);
    inputs.set("a", 0);
    index.remove("all", "a");
    assertThat(all.changes()).hasSize(1);
    memo.sweep();
    assertThat(memo.size()).isEqualTo(empty);
  }
}
