package dev.postern.proxy.worker;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// What is said in `Date` where whoever answered said nothing: the time to the second, as RFC 9110
/// 5.6.7 writes it. Made once a second.
public final class ResponseDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private long second = -1;
  private byte[] text = {};

  ResponseDate() {}

  /// Not to be changed by whoever gets it.
  public byte[] now() {
    long current = System.currentTimeMillis() / 1000;
    if (current != second) {
      second = current;
      text = FORMAT.format(Instant.ofEpochSecond(current)).getBytes(StandardCharsets.US_ASCII);
    }
    return text;
  }
}
