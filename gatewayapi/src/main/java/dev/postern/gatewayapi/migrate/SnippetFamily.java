package dev.postern.gatewayapi.migrate;

import java.util.List;

/// Lines of nginx's own language.
final class SnippetFamily {
  SnippetFamily(List<Location> locations) {}

  void convert(Location at) {}
}
