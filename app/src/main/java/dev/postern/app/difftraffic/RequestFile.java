package dev.postern.app.difftraffic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;

/// Reads a HAR file, an access log or a list of requests, and finds out which of them it is: HAR is
/// JSON and begins with a brace; the other two may be mixed, line by line.
public final class RequestFile {
  private RequestFile() {}

  /// @throws IOException also for a HAR file that is not whole, with what is wrong with it
  public static void read(InputStream file, Requests into) throws IOException {
    var in = new PushbackInputStream(file, 1);
    int lines = 0;
    int first = in.read();
    while (first >= 0 && (first <= ' ' || first >= 0x80)) { // blanks, and a byte order mark
      lines += first == '\n' ? 1 : 0;
      first = in.read();
    }
    if (first < 0) {
      return;
    }
    in.unread(first);
    if (first == '{') {
      HarReader.read(in, into);
    } else {
      var text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      LineReader.read(text, lines, into);
    }
  }
}
