package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.Resource;

/// Makes the record of an object that passed its checks and has its defaults.
@FunctionalInterface
interface Decoder {
  Resource decode(Fields root, Metadata metadata, String version, Origin origin);
}
