package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.MetadataSchema.lineOf;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.regex.Pattern;

/// The CEL rules that GRPCRoute has and HTTPRoute has not.
final class GrpcRouteRules {
  private static final Pattern SERVICE =
      Pattern.compile("\\.?[A-Za-z_][A-Za-z_0-9]*(\\.[A-Za-z_][A-Za-z_0-9]*)*");
  private static final Pattern METHOD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

  private GrpcRouteRules() {}

  static void methodFits(Fields match, Reporter report) {
    if (!match.has("service") && !match.has("method")) {
      report.error("", 0, "a method match needs a service, a method or both");
    }
    if (match.textOrEmpty("type").equals("Exact")) {
      exact(match, "service", SERVICE, "names joined by dots, such as acme.v1.Users", report);
      exact(match, "method", METHOD, "one name, such as GetUser", report);
    }
  }

  private static void exact(
      Fields match, String field, Pattern pattern, String words, Reporter report) {
    String value = match.text(field);
    if (value != null && !pattern.matcher(value).matches()) {
      report.error(
          field,
          lineOf(match, field),
          "'" + Checker.shown(value) + "' must be " + words + " with type Exact");
    }
  }
}
