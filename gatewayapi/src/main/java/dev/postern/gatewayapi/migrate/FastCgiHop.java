package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// FastCGI to the backend: fastcgi-* and `fastcgi_param` lines.
final class FastCgiHop {
  private FastCgiHop() {}

  static Hop of(Location at, MigrationOptions options, Objects objects) {
    if (!options.target().isPostern()) {
      at.close();
      at.lost(
          "backend-protocol",
          "no other gateway than Postern speaks FastCGI; the path is not served",
          "use --target postern, or put a web server beside the backend");
      for (String name : List.of("fastcgi-index", "fastcgi-params-configmap")) {
        at.lost(name, "no other gateway than Postern speaks FastCGI", "see backend-protocol");
      }
      return Hop.plain("");
    }
    Map<String, Object> fastCgi = Trees.map("compatibility", "IngressNginx");
    fastCgi.putAll(FastCgiAnnotations.convert(at, objects));
    at.snippetHop.index.ifPresent(said -> fastCgi.putIfAbsent("index", said));
    List<Map<String, Object>> lines = at.snippetHop.params();
    if (!lines.isEmpty()) {
      fastCgi.put("params", lines);
    }
    at.same("backend-protocol", "appProtocol postern.dev/fcgi");
    return new Hop(
        "postern.dev/fcgi",
        Map.of(),
        Trees.map("protocol", "FastCGI", "fastCGI", fastCgi),
        false,
        Optional.empty());
  }
}
