package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.resource.Origin;
import java.util.Map;

/// One object as it is written, whatever its kind: nothing is checked, defaulted or left out.
///
/// @param tree maps, lists and texts; numbers and truth values are texts too, null is left out
public record Document(String apiVersion, String kind, Map<String, Object> tree, Origin origin) {}
