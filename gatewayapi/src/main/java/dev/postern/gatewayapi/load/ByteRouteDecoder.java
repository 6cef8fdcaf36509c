package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.textList;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.ByteRoute;
import dev.postern.gatewayapi.resource.Kind;
import java.util.ArrayList;
import java.util.List;

/// TLSRoute, TCPRoute and UDPRoute.
final class ByteRouteDecoder {
  private ByteRouteDecoder() {}

  static Decoder of(Kind kind) {
    return (root, metadata, version, origin) -> {
      Fields spec = Metadatas.fields(root, "spec");
      List<ByteRoute.Rule> rules = new ArrayList<>();
      for (Fields rule : spec.maps("rules")) {
        rules.add(
            new ByteRoute.Rule(
                optional(rule, "name"), HttpRouteDecoder.backends(rule, new ArrayList<>())));
      }
      return new ByteRoute(
          kind,
          metadata,
          version,
          origin,
          HttpRouteDecoder.parents(spec),
          textList(spec, "hostnames"),
          rules,
          HttpRouteDecoder.unsupported(spec));
    };
  }
}
