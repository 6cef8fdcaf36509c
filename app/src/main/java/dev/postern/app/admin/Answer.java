package dev.postern.app.admin;

import dev.postern.app.report.JsonText;
import java.util.Iterator;
import java.util.List;

/// What a page says.
///
/// @param body in pieces of any size, made as they are asked for
record Answer(int status, String contentType, Iterator<String> body) {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String HTML = "text/html; charset=utf-8";
  static final String JSON = "application/json";

  static Answer text(int status, String text) {
    return new Answer(status, TEXT, List.of(text).iterator());
  }

  static Answer text(Iterator<String> pieces) {
    return new Answer(200, TEXT, pieces);
  }

  static Answer json(Iterator<String> pieces) {
    return new Answer(200, JSON, pieces);
  }

  static Answer json(Object tree) {
    return json(List.of(JsonText.of(tree)).iterator());
  }

  static Answer html(Iterator<String> pieces) {
    return new Answer(200, HTML, pieces);
  }

  static Answer unknownFormat(String format, String known) {
    return text(400, "There is no format '%s' here. Known: %s.\n".formatted(format, known));
  }

  /// `address:port`, an IPv6 address in brackets.
  static String socket(String address, int port) {
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }
}
