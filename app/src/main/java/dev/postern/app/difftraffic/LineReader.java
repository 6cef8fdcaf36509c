package dev.postern.app.difftraffic;

import dev.postern.app.difftraffic.RecordedRequest.Field;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lines of an access log in nginx's combined format (ingress-nginx's own begins like it), and
/// lines such as `GET /path`, `/path` and `https://host/path`, perhaps with a version behind them,
/// and with header fields in lines below them.
final class LineReader {
  /** A longer line is cut, and is no request then. */
  private static final int LONGEST = 64 << 10;

  private static final int MOST_FIELDS = 200;

  private static final Pattern COMBINED =
      Pattern.compile(
          "^\\S+ \\S+ .{1,200}? \\[[^\\]]{1,60}\\] \"([^\"]*+)\" \\d{3} \\S+"
              + "(?: \"([^\"]*+)\" \"([^\"]*+)\")?");
  private static final Pattern LOGGED = Pattern.compile("(\\S+) (\\S+) HTTP/[0-9.]+");
  private static final Pattern LISTED =
      Pattern.compile(
          "(?:([A-Z]{1,30})\\s+)?(/\\S*|\\*|(?i:https?)://\\S+)(?:\\s+HTTP/[0-9.]{1,5})?");
  private static final Pattern FIELD = Pattern.compile("\\s*([^\\s:]+):\\s*(.*)");
  private static final Pattern ESCAPED = Pattern.compile("\\\\x([0-9A-Fa-f]{2})");

  private final Requests into;
  private String method = "";
  private String url = "";
  private final List<Field> fields = new ArrayList<>();
  private int number;
  private int begun;

  /// Whether fields belong to a line that could not be read.
  private boolean lost;

  private LineReader(Requests into, int number) {
    this.into = into;
    this.number = number;
  }

  /// @param before how many lines of the file were read already
  static void read(BufferedReader file, int before, Requests into) throws IOException {
    var reader = new LineReader(into, before);
    for (Optional<String> line = line(file); line.isPresent(); line = line(file)) {
      reader.number++;
      reader.line(line.get());
    }
    reader.flush();
  }

  /// As [BufferedReader#readLine], but of bounded length.
  private static Optional<String> line(BufferedReader file) throws IOException {
    var line = new StringBuilder();
    int c = file.read();
    if (c < 0) {
      return Optional.empty();
    }
    for (; c >= 0 && c != '\n'; c = file.read()) {
      if (line.length() < LONGEST) {
        line.append((char) c);
      }
    }
    return Optional.of(line.length() == LONGEST ? "?" : line.toString().stripTrailing());
  }

  private void line(String line) {
    Matcher combined = COMBINED.matcher(line);
    Matcher listed = LISTED.matcher(line.strip());
    Matcher field = FIELD.matcher(line);
    if (line.isBlank()) {
      flush();
    } else if (line.stripLeading().startsWith("#")) {
      return;
    } else if (listed.matches()) {
      flush();
      method = listed.group(1) == null ? "GET" : listed.group(1);
      url = listed.group(2);
      begun = number;
    } else if (combined.find()) {
      flush();
      into.add(logged(combined), "line " + number);
    } else if (!url.isEmpty() && field.matches() && fields.size() < MOST_FIELDS) {
      fields.add(new Field(field.group(1), field.group(2)));
    } else if (!lost || !field.matches()) {
      // What stands below it is its own, not the request's before.
      flush();
      lost = true;
      into.add(Optional.empty(), "line " + number);
    }
  }

  private void flush() {
    if (!url.isEmpty()) {
      into.add(RecordedRequest.of(method, url, List.copyOf(fields), ""), "line " + begun);
    }
    url = "";
    lost = false;
    fields.clear();
  }

  private static Optional<RecordedRequest> logged(Matcher combined) {
    Matcher line = LOGGED.matcher(unescaped(combined.group(1)));
    if (!line.matches()) {
      return Optional.empty(); // such as "-", or what somebody sent who speaks something else
    }
    var fields = new ArrayList<Field>();
    String[] names = {"Referer", "User-Agent"};
    for (int i = 0; i < names.length; i++) {
      String value = combined.group(2 + i);
      if (value != null && !value.equals("-")) {
        fields.add(new Field(names[i], unescaped(value)));
      }
    }
    return RecordedRequest.of(line.group(1), line.group(2), fields, "");
  }

  /// nginx writes quotes, backslashes and what is not printable as `\xHH`.
  private static String unescaped(String text) {
    return ESCAPED
        .matcher(text)
        .replaceAll(octet ->
            Matcher.quoteReplacement(
                Character.toString((char) Integer.parseInt(octet.group(1), 16))));
  }
}
