package dev.postern.app.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a client asks for.
///
/// @param path as it came, without the query
/// @param query decoded
/// @param accept the Accept field, `*/*` when there is none
record Request(String path, Map<String, List<String>> query, String accept) {

  /// @throws IllegalArgumentException when a percent sign in the query is not followed by two hex
  ///   digits
  static Request of(String target, Optional<String> accept) {
    QueryStringDecoder decoder = new QueryStringDecoder(target);
    return new Request(decoder.rawPath(), decoder.parameters(), accept.orElse("*/*"));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).map(List::getFirst);
  }

  /// Present without a value too, as in `?usedonly`; `=false` switches off.
  boolean flag(String name) {
    return parameter(name).filter(value -> !value.equals("false")).isPresent();
  }

  String format(String otherwise) {
    return parameter("format").orElse(otherwise).toLowerCase(Locale.ROOT);
  }

  /// Browsers name `text/html`, curl and scripts do not.
  boolean prefersHtml() {
    return accept.toLowerCase(Locale.ROOT).contains("text/html");
  }
}
