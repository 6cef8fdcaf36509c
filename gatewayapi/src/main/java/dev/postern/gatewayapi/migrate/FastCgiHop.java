package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// FastCGI to the backend: fastcgi-* and `fastcgi_param` lines.
final class FastCgiHop {
  private FastCgiHop() {}

  static Hop of(Location at, MigrationOptions options) {
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
    String index = at.value("fastcgi-index");
    if (index.matches("[A-Za-z0-9._-]+")) {
      fastCgi.put("index", index);
      at.same("fastcgi-index", "fastCGI.index");
    }
    String params = at.value("fastcgi-params-configmap");
    String name = params.substring(params.indexOf('/') + 1);
    if (name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
        && (!params.contains("/") || params.startsWith(at.ingress.namespace() + "/"))) {
      fastCgi.put("paramsConfigMapRef", Trees.map("name", name));
      at.same("fastcgi-params-configmap", "fastCGI.paramsConfigMapRef");
    }
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
