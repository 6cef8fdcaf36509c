package dev.postern.provider.directory;

import java.time.Duration;

/// How often is looked for what no event tells of.
///
/// @param poll between two walks where folders cannot be listened to, or others change them unheard
/// @param retry between two tries of what could not be read or looked at
/// @param walk between two walks else: a folder above a path that was given, or above what a link
///   leads to, may have been renamed
record Rhythm(Duration poll, Duration retry, Duration walk) {
  static final Rhythm USUAL =
      new Rhythm(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(60));
}
