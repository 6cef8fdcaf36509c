package dev.postern.gatewayapi.migrate;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the lines of snippets say about the connection to the backend.
final class SnippetHop {
  /// Values of `proxy_ssl_*` and `grpc_ssl_*`, by annotation.
  final Map<String, String> tls = new LinkedHashMap<>();

  /// Values of `fastcgi_param`, by name.
  final Map<String, String> params = new LinkedHashMap<>();
}
