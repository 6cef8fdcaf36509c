package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resolve.hop.Hop.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What several say about one question, the one that counts first.
final class Claims<T> {
  private final List<Claim<T>> claims = new ArrayList<>();

  /// What one says.
  record Claim<T>(T value, Source source) {}

  void add(T value, Source source) {
    claims.add(new Claim<>(value, source));
  }

  /// What each of these wishes says.
  ///
  /// @param words the value as a person reads it
  void add(List<Wish> wishes, Function<Wish, Optional<Said<T>>> part, Function<T, String> words) {
    for (Wish wish : wishes) {
      part.apply(wish)
          .ifPresent(said ->
              add(
                  said.value(),
                  new Source(Optional.of(wish.by()), said.field(), words.apply(said.value()))));
    }
  }

  Optional<Claim<T>> first() {
    return claims.isEmpty() ? Optional.empty() : Optional.of(claims.getFirst());
  }

  List<Claim<T>> all() {
    return List.copyOf(claims);
  }

  /// Everybody who says something else than the one that counts.
  List<Source> overruled() {
    return claims.size() < 2
        ? List.of()
        : claims.stream()
            .filter(claim -> !claim.value().equals(claims.getFirst().value()))
            .map(Claim::source)
            .toList();
  }
}
