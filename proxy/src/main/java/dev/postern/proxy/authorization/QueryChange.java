package dev.postern.proxy.authorization;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What whoever was asked wants done to one parameter of a request's query.
///
/// @param value absent to take it away; every parameter of the name is meant
record QueryChange(String name, Optional<String> value) {
  private static final String UNRESERVED = "-._~%!$'()*+,;:/@?";

  /// Writes the query anew. Names are compared as a backend reads them, decoded.
  static void apply(List<QueryChange> changes, RequestHead head) {
    if (changes.isEmpty()) {
      return;
    }
    HeaderBlock headers = head.headers();
    int path = head.pathLength();
    byte[] octets = headers.bytes();
    String query =
        new String(
            octets, head.pathOffset() + path, head.queryLength(), StandardCharsets.ISO_8859_1);
    List<String> parameters = new ArrayList<>();
    if (query.length() > 1) {
      parameters.addAll(List.of(query.substring(1).split("&", -1)));
    }
    changes.forEach(change -> change.apply(parameters));
    String changed = parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    byte[] tail = changed.getBytes(StandardCharsets.ISO_8859_1);
    byte[] to = headers.room(path + tail.length);
    int start = headers.length();
    System.arraycopy(to, head.pathOffset(), to, start, path);
    System.arraycopy(tail, 0, to, start + path, tail.length);
    headers.extend(path + tail.length);
    head.rewrite(start, path + tail.length);
  }

  private void apply(List<String> parameters) {
    int at = -1;
    for (int i = parameters.size() - 1; i >= 0; i--) {
      if (named(parameters.get(i)).equals(name)) {
        at = i;
        parameters.remove(i);
      }
    }
    if (value.isPresent()) {
      String whole = encoded(name) + "=" + encoded(value.get());
      parameters.add(at < 0 ? parameters.size() : at, whole);
    }
  }

  private static String named(String parameter) {
    String raw = parameter.split("=", 2)[0];
    try {
      return URLDecoder.decode(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return raw;
    }
  }

  /// What has no place in a part of a query is percent-encoded; what is encoded already stays.
  private static String encoded(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
      if (letter || (b > 0 && UNRESERVED.indexOf(b) >= 0)) {
        out.append((char) b);
      } else {
        out.append('%').append("%02X".formatted(b & 0xff));
      }
    }
    return out.toString();
  }
}
