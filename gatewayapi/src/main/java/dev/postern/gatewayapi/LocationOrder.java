package dev.postern.gatewayapi;

import java.util.Comparator;

/// Orders `file:line` by file, then by line as a number.
final class LocationOrder implements Comparator<String> {
  @Override
  public int compare(String left, String right) {
    int byFile = file(left).compareTo(file(right));
    return byFile != 0 ? byFile : Integer.compare(line(left), line(right));
  }

  private static String file(String location) {
    int colon = location.lastIndexOf(':');
    return colon < 0 ? location : location.substring(0, colon);
  }

  private static int line(String location) {
    try {
      return Integer.parseInt(location.substring(location.lastIndexOf(':') + 1));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
