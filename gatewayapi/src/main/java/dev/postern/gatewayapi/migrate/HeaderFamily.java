package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import java.util.Map;
import java.util.regex.Pattern;

/// upstream-vhost, x-forwarded-prefix and custom-headers.
final class HeaderFamily {
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  private HeaderFamily() {}

  static void convert(Location at, Objects objects) {
    String vhost = at.value("upstream-vhost");
    if (isName(vhost)) {
      at.filter("URLRewrite", "urlRewrite", Trees.map("hostname", vhost));
      at.same("upstream-vhost", "URLRewrite.hostname");
    }
    String prefix = at.value("x-forwarded-prefix");
    String rewrite = at.value("rewrite-target");
    if (rewrite.isEmpty() || rewrite.equals(at.path.path())) {
      at.same(
          "x-forwarded-prefix", "nothing: nginx sent it where a rewrite-target changes the path");
    } else if (prefix.matches("[!-#%-~]+")
        && at.header("RequestHeaderModifier", "set", "X-Forwarded-Prefix", prefix)) {
      at.same("x-forwarded-prefix", "RequestHeaderModifier");
    }
    customHeaders(at, objects);
    ofController(at, objects, "proxy-set-headers");
    ofController(at, objects, "add-headers");
    // It is proxy_hide_header.
    if (at.module == NginxModule.PROXY) {
      for (String name : at.controller.value("hide-headers").split("[,\\s]+", -1)) {
        at.header("ResponseHeaderModifier", "remove", name, "");
      }
    }
  }

  /// A key of the controller's ConfigMap that names another one with header fields.
  private static void ofController(Location at, Objects objects, String key) {
    String reference = at.controller.value(key);
    if (reference.isEmpty()) {
      return;
    }
    if (at.module == NginxModule.FASTCGI && key.equals("proxy-set-headers")) {
      at.verdicts().ofKey(key, reference, new Verdict.Same(at.module.ignored()));
      return;
    }
    Document map = objects.configMap(reference);
    if (map == null) {
      at.verdicts()
          .ofKey(
              key,
              reference,
              new Verdict.NotPossible(
                  "the ConfigMap " + reference + " is not in the input",
                  "migrate with it: kubectl get configmap -o yaml -n "
                      + ShellWord.ofReference(reference)));
      return;
    }
    Trees.texts(Trees.child(map.tree(), "data"))
        .forEach((name, value) -> {
          Verdict verdict =
              key.equals("add-headers")
                  ? SnippetHeaders.response(at, name, value)
                  : SnippetHeaders.request(at, name, value);
          at.verdicts().ofLine(key, null, name + ": " + value, verdict);
        });
  }

  /// A host name of the Gateway API, without a wildcard.
  static boolean isName(String host) {
    return host.length() <= 253 && NAME.matcher(host).matches();
  }

  /// The value of a header field, as matches and modifiers of the Gateway API have it.
  static boolean isValue(String text) {
    return text.matches("[!-~]++([\\t ][!-~]++)*+");
  }

  private static void customHeaders(Location at, Objects objects) {
    String reference = at.value("custom-headers");
    if (reference.isEmpty()) {
      return;
    }
    String full = reference.contains("/") ? reference : at.ingress.namespace() + "/" + reference;
    Document map = objects.configMap(full);
    if (map == null) {
      at.lost(
          "custom-headers",
          "the ConfigMap " + full + " is not in the input, so its header fields are unknown",
          "migrate with it: kubectl get configmap -n " + ShellWord.ofReference(full) + " -o yaml");
      return;
    }
    for (Map.Entry<String, String> header :
        Trees.texts(Trees.child(map.tree(), "data")).entrySet()) {
      if (!at.header("ResponseHeaderModifier", "set", header.getKey(), header.getValue().strip())) {
        at.lost(
            "custom-headers",
            "the Gateway API cannot set " + header.getKey() + " to this value, or not so many",
            "set it at the backend");
      }
    }
    at.different(
        "custom-headers",
        "a ResponseHeaderModifier with what is in "
            + full
            + " now; it does not follow the"
            + " ConfigMap, and nobody asks global-allowed-response-headers");
  }
}
