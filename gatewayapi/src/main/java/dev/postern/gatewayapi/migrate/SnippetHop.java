package dev.postern.gatewayapi.migrate;

import dev.postern.ir.FastCgiTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the lines of one location's snippets say about the connection to the backend.
final class SnippetHop {
  /// Where the controller's image has the CAs of its operating system.
  private static final Set<String> SYSTEM =
      Set.of("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem");

  /// Values of `proxy_ssl_*` and `grpc_ssl_*` without that prefix.
  private final Map<String, String> tls = new LinkedHashMap<>();

  private final Map<String, String> params = new LinkedHashMap<>();

  /// What `fastcgi_index` says.
  Optional<String> index = Optional.empty();

  /// Takes in all lines of one snippet before any is judged, as one line may mean something by
  /// another alone.
  void read(Location at, String snippet, boolean hasSecret) {
    for (NginxDirective line : NginxDirective.parse(snippet)) {
      if (!line.isBlock() && isTls(line) && counts(at, line) && !(hasSecret && !isGrpc(line))) {
        tls.put(key(line), String.join(" ", line.arguments()));
      }
    }
  }

  private static boolean isTls(NginxDirective line) {
    return line.name().startsWith("proxy_ssl_") || isGrpc(line);
  }

  private static boolean isGrpc(NginxDirective line) {
    return line.name().startsWith("grpc_ssl_");
  }

  private static String key(NginxDirective line) {
    return line.name().substring(line.name().indexOf("_ssl_") + "_ssl_".length());
  }

  private static boolean counts(Location at, NginxDirective line) {
    String protocol = at.value("backend-protocol").toUpperCase(Locale.ROOT);
    return isGrpc(line) ? protocol.equals("GRPCS") : protocol.matches("HTTPS|AUTO_HTTP");
  }

  boolean verifies() {
    return tls.getOrDefault("verify", "off").equals("on");
  }

  /// Whether it is known whom nginx trusted.
  boolean trustsSystem() {
    return SYSTEM.contains(tls.getOrDefault("trusted_certificate", ""));
  }

  /// The name to verify, empty where none is fixed.
  String name() {
    String name = tls.getOrDefault("name", "");
    return HeaderFamily.isName(name) ? name : "";
  }

  boolean says(String key) {
    return tls.containsKey(key);
  }

  /// Whether nginx sent the name as the server name.
  boolean sendsName() {
    return tls.getOrDefault("server_name", "off").equals("on");
  }

  /// For BackendConnectionPolicy.tls.
  Map<String, Object> parameters() {
    return TlsParameters.of(tls.getOrDefault("protocols", ""), tls.getOrDefault("ciphers", ""));
  }

  /// For BackendConnectionPolicy.fastCGI.params.
  List<Map<String, Object>> params() {
    return params.entrySet().stream()
        .map(param -> Trees.map("name", param.getKey(), "value", param.getValue()))
        .toList();
  }

  /// Empty where it is no line about the connection.
  ///
  /// @param line none of another module's
  Optional<Verdict> judge(Location at, NginxDirective line, boolean ofServer, boolean hasSecret) {
    if (isTls(line)) {
      return Optional.of(
          !counts(at, line)
              ? new Verdict.Same("nothing: nginx did not look at it with this backend-protocol")
              : hasSecret && !isGrpc(line)
                  ? new Verdict.NotPossible(
                      "proxy-ssl-secret speaks of the same connection", "keep one of the two")
                  : tls(at, key(line), String.join(" ", line.arguments())));
    }
    if (line.name().equals("fastcgi_param")) {
      return Optional.of(
          ofServer
              ? new Verdict.Same("nothing: nginx did not look at it here")
              : param(line.argument(0), line.argument(1)));
    }
    if (line.name().equals("fastcgi_index")) {
      boolean fits = line.argument(0).matches("[A-Za-z0-9._-]{1,255}");
      index = fits ? Optional.of(line.argument(0)) : index;
      return fits ? Optional.of(new Verdict.Same("fastCGI.index")) : Optional.empty();
    }
    return Optional.empty();
  }

  private Verdict param(String name, String value) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,252}")
        || !FastCgiTemplate.parse(value).unknown().isEmpty()
        || value.length() > 4096
        || params.size() >= 64) {
      return new Verdict.NotPossible(
          "the gateway knows no such parameter, or a variable in it", "write a fixed value");
    }
    params.put(name, value);
    return new Verdict.Same("fastCGI.params");
  }

  private Verdict tls(Location at, String key, String value) {
    Target target = at.target;
    return switch (key) {
      case "verify" ->
          value.equals("on")
              ? new Verdict.Same("BackendTLSPolicy")
              : new Verdict.Same("nobody is verified, see the warning");
      case "trusted_certificate" ->
          trustsSystem()
              ? new Verdict.Same("wellKnownCACertificates System")
              : new Verdict.NotPossible(
                  "what is in the controller's file " + value + " is not known",
                  "put the CA into a ConfigMap with the key ca.crt, and name it in a"
                      + " BackendTLSPolicy");
      case "name" -> SnippetName.ofName(at, value);
      case "server_name" -> SnippetName.ofSwitch(at, value.equals("on"));
      case "protocols", "ciphers" ->
          TlsParameters.versions(value).equals(List.of("1.2", "1.3"))
              ? new Verdict.Same("TLS 1.2 and 1.3, as without a word")
              : parameters().isEmpty() || !target.limitsTls()
                  ? new Verdict.Different("the gateway's own versions and cipher suites")
                  : new Verdict.Same(target.connectionKind() + ".tls");
      case "session_reuse" -> new Verdict.Same("the gateway decides by itself");
      case "verify_depth" -> new Verdict.Different("the length of the chain is not limited");
      case "certificate", "certificate_key", "password_file" ->
          new Verdict.NotPossible(
              "what is in the controller's file " + value + " is not known",
              target.isPostern()
                  ? "name a Secret in BackendConnectionPolicy tls.clientCertificateRef"
                  : "put it into a Secret, and name that where the gateway takes one");
      default -> new Verdict.NotPossible("the gateway has no word for it", "do without it");
    };
  }
}
