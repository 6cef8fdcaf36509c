package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Resource;
import java.util.Optional;

/// Makes findings about objects.
final class Findings {
  private Findings() {}

  static Finding of(Resource object, Severity severity, String field, String message) {
    return new Finding(
        severity, Optional.of(object.ref()), field, object.origin().at(field), message);
  }
}
