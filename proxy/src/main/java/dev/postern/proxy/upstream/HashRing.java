package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// Endpoints at many places of a circle of hashes each: a hash belongs to the next place on it, so
/// that an endpoint that goes leaves only its own hashes to others, and evenly. The same endpoints
/// make the same ring in every process. Never changed; shared by all workers.
final class HashRing {
  private static final int LEAST_POINTS = 1024;
  private static final int LEAST_PER_ENDPOINT = 100;

  private final long[] points;
  private final int[] owners;

  HashRing(List<LoadAssignment.Endpoint> endpoints) {
    int size = endpoints.size();
    int each = size == 0 ? 0 : Math.max(LEAST_PER_ENDPOINT, LEAST_POINTS / size);
    long[][] pairs = new long[size * each][];
    for (int i = 0; i < size; i++) {
      LoadAssignment.Endpoint endpoint = endpoints.get(i);
      long base =
          hash((endpoint.address() + "/" + endpoint.port()).getBytes(StandardCharsets.UTF_8));
      for (int n = 0; n < each; n++) {
        pairs[i * each + n] = new long[] {mix(base + n * 0x9E3779B97F4A7C15L), i};
      }
    }
    Arrays.sort(
        pairs, (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
    points = new long[pairs.length];
    owners = new int[pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      points[i] = pairs[i][0];
      owners[i] = (int) pairs[i][1];
    }
  }

  /// The endpoint's number that a hash belongs to, or the next one on the circle that will do.
  ///
  /// @return -1 when none will do
  int find(long hash, IntPredicate willDo) {
    int at = Arrays.binarySearch(points, hash);
    int start = at >= 0 ? at : -at - 1;
    int refused = -1;
    for (int i = 0; i < points.length; i++) {
      int owner = owners[(start + i) % points.length];
      if (owner != refused) {
        if (willDo.test(owner)) {
          return owner;
        }
        refused = owner;
      }
    }
    return -1;
  }

  static long hash(byte[] octets) {
    return hash(octets, 0, octets.length);
  }

  /// FNV-1a, with its bits spread.
  static long hash(byte[] octets, int offset, int length) {
    long hash = 0xcbf29ce484222325L;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ (octets[i] & 0xff)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  private static long mix(long hash) {
    long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
