package dev.postern.app.difftraffic;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A request as somebody once sent it, without what belongs to a connection.
///
/// @param host the authority that it names; empty where it names none
/// @param target in origin form, sent as it stands
/// @param fields without Host and without those that frame a message or belong to one hop
public record RecordedRequest(
    String method, String host, String target, List<Field> fields, String body) {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}");
  private static final Pattern TARGET = Pattern.compile("(/[\\x21-\\x7e]*|\\*)");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{0,255}");

  /// Safe methods of RFC 9110, 9.2.1, but for TRACE, which gateways refuse.
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  /// Of a connection or of a message's frame (RFC 9110, 7.6.1), or said elsewhere.
  private static final Set<String> NOT_CARRIED =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /// A header field.
  public record Field(String name, String value) {
    boolean isNamed(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /// Absent for what cannot be sent: CONNECT, what breaks a line, a target that is not one.
  ///
  /// @param url a target in origin form, or with scheme and authority
  static Optional<RecordedRequest> of(String method, String url, List<Field> given, String body) {
    String host = "";
    String target = url;
    if (url.regionMatches(true, 0, "http://", 0, 7)
        || url.regionMatches(true, 0, "https://", 0, 8)) {
      int start = url.indexOf("//") + 2;
      int end = start;
      while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
        end++;
      }
      host = url.substring(start, end);
      host = host.substring(host.lastIndexOf('@') + 1);
      target = url.substring(end);
      target = target.startsWith("/") ? target : "/" + target;
    }
    int fragment = target.indexOf('#');
    target = fragment < 0 ? target : target.substring(0, fragment);
    for (Field field : given) {
      host = field.isNamed("host") ? field.value().strip() : host;
    }
    boolean sendable =
        TOKEN.matcher(method).matches()
            && !method.equals("CONNECT")
            && TARGET.matcher(target).matches()
            && HOST.matcher(host).matches();
    return sendable
        ? Optional.of(
            new RecordedRequest(
                method,
                host,
                target,
                given.stream().filter(RecordedRequest::isCarried).toList(),
                body))
        : Optional.empty();
  }

  private static boolean isCarried(Field field) {
    return TOKEN.matcher(field.name()).matches()
        && !NOT_CARRIED.contains(field.name().toLowerCase(Locale.ROOT))
        && field.value().chars().noneMatch(c -> c != '\t' && (c < ' ' || c == 0x7f));
  }

  /// Whether it changes nothing at a server that keeps to HTTP.
  boolean isSafe() {
    return SAFE.contains(method);
  }

  /// The same, for that host if it names none.
  RecordedRequest orHost(String other) {
    return host.isEmpty() ? new RecordedRequest(method, other, target, fields, body) : this;
  }

  @Override
  public String toString() {
    return method + " " + host + target;
  }
}
