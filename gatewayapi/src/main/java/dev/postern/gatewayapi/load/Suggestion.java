package dev.postern.gatewayapi.load;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// "Did you mean": the closest of the known words.
final class Suggestion {
  private static final int LONGEST = 64;

  private Suggestion() {}

  /// A known word that is close enough to be what was meant.
  static Optional<String> closest(String written, Collection<String> known) {
    if (written.isEmpty() || written.length() > LONGEST) {
      return Optional.empty();
    }
    String lower = written.toLowerCase(Locale.ROOT);
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (String word : known) {
      int distance = distance(lower, word.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = word;
        bestDistance = distance;
      }
    }
    int allowed = lower.length() <= 3 ? 1 : lower.length() <= 6 ? 2 : 3;
    return bestDistance <= allowed && bestDistance < lower.length()
        ? Optional.of(best)
        : Optional.empty();
  }

  /// ` Did you mean X?`, or nothing.
  static String sentence(String written, Collection<String> known) {
    return closest(written, known).map(word -> " Did you mean '" + word + "'?").orElse("");
  }

  /// Insertions, deletions, replacements and swaps of neighbours.
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
