package dev.postern.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A FastCGI parameter's value as nginx's configuration writes it: text, `$name`, `${name}`.
///
/// @param parts in order; never two texts in a row
public record FastCgiTemplate(List<Part> parts) {

  /// A piece of the value.
  public sealed interface Part {}

  /// Stands for itself.
  public record Text(String text) implements Part {}

  /// Stands for something of the request.
  public record OfRequest(Variable variable) implements Part {}

  /// `$http_user_agent`: a field of the request's head.
  ///
  /// @param name in lower case, with `-`
  public record OfHeader(String name) implements Part {}

  /// A variable that is not known here; stands for nothing.
  ///
  /// @param name as it was written, without `$` and braces; empty for a lone `$`
  public record Unknown(String name) implements Part {}

  /// nginx's variables that are known here (nginx.org, "Alphabetical index of variables"), in lower
  /// case there.
  public enum Variable {
    ARGS,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    DOCUMENT_ROOT,
    DOCUMENT_URI,
    FASTCGI_PATH_INFO,
    FASTCGI_SCRIPT_NAME,
    HOST,
    HTTP_HOST,
    HTTPS,
    IS_ARGS,
    QUERY_STRING,
    REALPATH_ROOT,
    REMOTE_ADDR,
    REMOTE_PORT,
    REQUEST_METHOD,
    REQUEST_URI,
    SCHEME,
    SERVER_ADDR,
    SERVER_NAME,
    SERVER_PORT,
    SERVER_PROTOCOL,
    URI;

    private static final Map<String, Variable> BY_NAME =
        Arrays.stream(values())
            .collect(Collectors.toMap(v -> v.name().toLowerCase(Locale.ROOT), Function.identity()));
  }

  private static final String HEADER_PREFIX = "http_";

  public FastCgiTemplate {
    parts = List.copyOf(parts);
  }

  /// Reads a value. Never fails: what makes no sense becomes [Unknown].
  public static FastCgiTemplate parse(String value) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < value.length()) {
      char c = value.charAt(at);
      if (c != '$') {
        text.append(c);
        at++;
        continue;
      }
      if (!text.isEmpty()) {
        parts.add(new Text(text.toString()));
        text.setLength(0);
      }
      int start = at + 1;
      boolean braces = start < value.length() && value.charAt(start) == '{';
      int from = braces ? start + 1 : start;
      int to = from;
      while (to < value.length() && ofName(value.charAt(to))) {
        to++;
      }
      boolean closed = !braces || (to < value.length() && value.charAt(to) == '}');
      String name = value.substring(from, to);
      parts.add(closed ? variable(name) : new Unknown(name));
      at = braces && closed ? to + 1 : to;
    }
    if (!text.isEmpty()) {
      parts.add(new Text(text.toString()));
    }
    return new FastCgiTemplate(parts);
  }

  /// The names of variables that are not known, for a finding.
  public List<String> unknown() {
    return parts.stream()
        .filter(Unknown.class::isInstance)
        .map(part -> ((Unknown) part).name())
        .toList();
  }

  private static Part variable(String name) {
    Variable known = Variable.BY_NAME.get(name);
    if (known != null) {
      return new OfRequest(known);
    }
    return name.startsWith(HEADER_PREFIX) && name.length() > HEADER_PREFIX.length()
        ? new OfHeader(
            name.substring(HEADER_PREFIX.length()).replace('_', '-').toLowerCase(Locale.ROOT))
        : new Unknown(name);
  }

  private static boolean ofName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
