package dev.postern.proxy.upstream;

import dev.postern.ir.LbPolicy;
import dev.postern.proxy.message.RequestHead;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// How one worker chooses among endpoints; made for each change of a cluster. One call for each
/// attempt, to one of four classes: next to a connection's system calls it does not show.
sealed interface Balancer {

  /// An endpoint that is well and was not tried.
  ///
  /// @param all two or more
  /// @param request null where there is none that could be told apart
  /// @return null when there is none
  @Nullable Endpoint choose(
      List<Endpoint> all, List<Endpoint> tried, long now, @Nullable RequestHead request);

  static Balancer of(Membership membership, SplittableRandom random) {
    HashRing ring = membership.ring();
    return switch (membership.spec().cluster().lbPolicy()) {
      case LbPolicy.LeastRequest() -> new LeastRequest(random);
      case LbPolicy.RoundRobin() -> new RoundRobin(random);
      case LbPolicy.Random() -> new AnyOne(random);
      case LbPolicy.ConsistentHash(LbPolicy.HashOn on) when ring != null ->
          new ConsistentHash(ring, on, new AnyOne(random));
      case LbPolicy.ConsistentHash _ -> new AnyOne(random);
    };
  }

  /// The endpoint at a place, or the next behind it that may be taken.
  private static @Nullable Endpoint from(
      int start, List<Endpoint> all, List<Endpoint> tried, long now) {
    int size = all.size();
    for (int i = 0; i < size; i++) {
      int at = start + i;
      Endpoint endpoint = all.get(at < size ? at : at - size);
      if (endpoint.takes(tried, now)) {
        return endpoint;
      }
    }
    return null;
  }

  /// The less busy of two that are drawn at random.
  record LeastRequest(SplittableRandom random) implements Balancer {
    @Override
    public @Nullable Endpoint choose(
        List<Endpoint> all, List<Endpoint> tried, long now, @Nullable RequestHead request) {
      Endpoint first = from(random.nextInt(all.size()), all, tried, now);
      Endpoint second = from(random.nextInt(all.size()), all, tried, now);
      return first == null || second == null || second.active() >= first.active() ? first : second;
    }
  }

  /// One after the other, for each worker by itself; they start at different ones.
  final class RoundRobin implements Balancer {
    private int last;

    RoundRobin(SplittableRandom random) {
      last = random.nextInt(1 << 16);
    }

    @Override
    public @Nullable Endpoint choose(
        List<Endpoint> all, List<Endpoint> tried, long now, @Nullable RequestHead request) {
      last = (last + 1) % all.size();
      Endpoint chosen = from(last, all, tried, now);
      if (chosen != null) {
        last = all.indexOf(chosen);
      }
      return chosen;
    }
  }

  /// Any.
  record AnyOne(SplittableRandom random) implements Balancer {
    @Override
    public @Nullable Endpoint choose(
        List<Endpoint> all, List<Endpoint> tried, long now, @Nullable RequestHead request) {
      return from(random.nextInt(all.size()), all, tried, now);
    }
  }

  /// By the hash of what the request has, else any.
  record ConsistentHash(HashRing ring, LbPolicy.HashOn on, AnyOne otherwise) implements Balancer {
    @Override
    public @Nullable Endpoint choose(
        List<Endpoint> all, List<Endpoint> tried, long now, @Nullable RequestHead request) {
      byte[] key = request == null ? null : HashKey.of(on, request);
      if (key == null) {
        return otherwise.choose(all, tried, now, request);
      }
      int found = ring.find(HashRing.hash(key), i -> all.get(i).takes(tried, now));
      return found < 0 ? null : all.get(found);
    }
  }
}
