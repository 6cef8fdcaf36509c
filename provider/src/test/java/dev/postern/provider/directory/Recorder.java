package dev.postern.provider.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.provider.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Applies deltas as a consumer would, and waits for what should come. */
final class Recorder implements Provider.Subscriber {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TreeMap<ObjectRef, Resource> objects = new TreeMap<>();
  private final List<Provider.Update> updates = new ArrayList<>();

  @Override
  public synchronized void onUpdate(Provider.Update update) {
    updates.add(update);
    update.delta().removals().forEach(objects::remove);
    update.delta().upserts().forEach(resource -> objects.put(resource.ref(), resource));
    notifyAll();
  }

  synchronized List<String> names() {
    return objects.keySet().stream().map(ObjectRef::toString).toList();
  }

  synchronized Resource get(String name) {
    return objects.values().stream()
        .filter(resource -> resource.ref().toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + names()));
  }

  synchronized int updates() {
    return updates.size();
  }

  synchronized Provider.Update last() {
    return updates.getLast();
  }

  synchronized List<String> findings() {
    return updates.getLast().findings().stream().map(Recorder::shown).toList();
  }

  private static String shown(Finding finding) {
    return finding.severity()
        + " "
        + finding.location().map(at -> at.substring(at.lastIndexOf('/') + 1)).orElse("-")
        + " "
        + finding.message();
  }

  /** Waits until what was received so far satisfies the condition. */
  synchronized void await(String what, Predicate<Recorder> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.test(this)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(
            "waited in vain until " + what + "; objects " + names() + ", findings " + findings());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(condition.test(this)).isTrue();
  }

  void awaitNames(String... names) {
    await("there is " + List.of(names), r -> r.names().equals(List.of(names)));
  }
}
