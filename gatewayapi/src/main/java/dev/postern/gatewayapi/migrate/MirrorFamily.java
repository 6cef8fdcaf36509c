package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// mirror-target, mirror-host and mirror-request-body. A RequestMirror takes a Service, so that the
/// target has to be the cluster's own name of one, such as
/// `http://shadow.shop.svc:8080$request_uri`.
final class MirrorFamily {
  private static final Pattern SERVICE =
      Pattern.compile(
          "(https?)://([a-z0-9-]+)\\.([a-z0-9-]+)\\.svc(?:\\.[a-z0-9.-]+)?(?::([0-9]{1,5}))?"
              + "(/?\\$request_uri|/?)",
          Pattern.CASE_INSENSITIVE);

  private MirrorFamily() {}

  static void convert(Location at) {
    String target = at.value("mirror-target");
    if (target.isEmpty()) {
      for (String name : List.of("mirror-target", "mirror-host", "mirror-request-body")) {
        at.same(name, "nothing, as there is no mirror-target");
      }
      return;
    }
    Matcher url = SERVICE.matcher(target);
    if (!url.matches()) {
      at.lost(
          "mirror-target",
          "a RequestMirror copies to a Service and asks for the same path, not to " + target,
          "make a Service for it, of type ExternalName where it is outside of the cluster, and a"
              + " RequestMirror");
      at.lost("mirror-host", "nothing is mirrored", "see mirror-target");
      at.lost("mirror-request-body", "nothing is mirrored", "see mirror-target");
      return;
    }
    if (at.filters.containsKey("RequestRedirect")) {
      at.different("mirror-target", "a redirect is not mirrored now");
      return;
    }
    boolean tls = url.group(1).toLowerCase(Locale.ROOT).equals("https");
    String port = url.group(4) == null ? (tls ? "443" : "80") : url.group(4);
    if (tls || Integer.parseInt(port) > 65535 || port.startsWith("0")) {
      at.lost(
          "mirror-target",
          "nginx spoke TLS with this mirror and verified nobody",
          "write a RequestMirror, and a BackendTLSPolicy for its Service");
      return;
    }
    String service = url.group(2).toLowerCase(Locale.ROOT);
    String namespace = url.group(3).toLowerCase(Locale.ROOT);
    Map<String, Object> backend = Trees.map("name", service, "port", Integer.valueOf(port));
    if (!namespace.equals(at.ingress.namespace())) {
      backend.put("namespace", namespace);
      at.grant(namespace, service);
    }
    at.filter("RequestMirror", "requestMirror", Trees.map("backendRef", backend));
    at.different(
        "mirror-target",
        "a RequestMirror to "
            + namespace
            + "/"
            + service
            + "; the copy goes to its endpoints, with the host that the client asked for");
    at.different("mirror-host", "the copy carries the host that the client asked for");
    if (at.value("mirror-request-body").equals("off")) {
      at.different("mirror-request-body", "the copy carries the body too");
    } else {
      at.same("mirror-request-body", "the copy carries the body");
    }
  }
}
