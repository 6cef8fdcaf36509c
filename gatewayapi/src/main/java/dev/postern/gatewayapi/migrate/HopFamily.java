package dev.postern.gatewayapi.migrate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// backend-protocol: what ingress-nginx spoke to the backend.
final class HopFamily {
  private static final Set<String> WORDS =
      Set.of("AUTO_HTTP", "HTTP", "HTTPS", "GRPC", "GRPCS", "FCGI");

  /// Annotations about it, besides proxy-ssl-*.
  private static final List<String> ABOUT_IT =
      List.of(
          "backend-protocol",
          "proxy-connect-timeout",
          "proxy-read-timeout",
          "proxy-send-timeout",
          "fastcgi-index",
          "fastcgi-params-configmap");

  private static final String CLOSED = "nothing: the path is closed, see proxy-ssl-secret";

  private final MigrationOptions options;
  private final Objects objects;
  private final BackendSecrets secrets;
  private final TlsHop tls;

  HopFamily(MigrationOptions options, Objects objects, BackendSecrets secrets) {
    this.options = options;
    this.objects = objects;
    this.secrets = secrets;
    this.tls = new TlsHop(options, secrets);
  }

  /// @param owner whose proxy-ssl-* count here: the location's own Ingress, or the first of the
  ///   host with a CA, which nginx let all others inherit from; null for none
  /// @return empty for no way at all, where nginx itself answered 503
  Optional<Hop> of(Location at, @Nullable Ingress owner) {
    if (secrets.of(at.ingress) instanceof BackendSecret.Refused refused) {
      refuse(at, refused);
      return Optional.empty();
    }
    return Optional.of(served(at, owner));
  }

  private Hop served(Location at, @Nullable Ingress owner) {
    String written = at.value("backend-protocol");
    String upper = written.toUpperCase(Locale.ROOT);
    boolean known = WORDS.contains(upper);
    String word = known ? upper : "HTTP";
    if (!known && !written.isEmpty()) {
      at.different(
          "backend-protocol", "nginx took this for HTTP, with a line in its log; so is it now");
    }
    if (!word.equals("FCGI")) {
      at.same("fastcgi-index", "nothing, as backend-protocol is not FCGI");
      at.same("fastcgi-params-configmap", "nothing, as backend-protocol is not FCGI");
    }
    if (word.equals("AUTO_HTTP") && !options.target().isPostern()) {
      word = at.httpsRedirect ? "HTTPS" : "HTTP";
      at.different("backend-protocol", "always " + word + ", which is what clients' scheme led to");
    }
    if (!word.equals("HTTPS") && !word.equals("AUTO_HTTP")) {
      TlsHop.ignored(at, "nothing: nginx did not look at it with backend-protocol " + word);
    }
    boolean degraded = known && !written.equals(upper) && !word.contains("HTTP");
    if (degraded) {
      at.different(
          "backend-protocol",
          "in lower case nginx forgot header fields and time-outs; now it is " + word + " in full");
    }
    return switch (word) {
      case "GRPC" -> grpc(at, Hop.plain("kubernetes.io/h2c"));
      case "GRPCS" -> grpc(at, tls.grpcs(at));
      case "FCGI" -> FastCgiHop.of(at, options, objects);
      case "HTTPS", "AUTO_HTTP" ->
          tls.of(at, word.equals("HTTPS") ? "" : "postern.dev/auto-http", owner);
      default -> {
        at.same("backend-protocol", "HTTP/1.1, as it is without a word");
        yield Hop.plain(objects.contradictsHttp(at) ? "http" : "");
      }
    };
  }

  /// Whatever backend-protocol says.
  private static void refuse(Location at, BackendSecret.Refused refused) {
    at.close();
    at.lost("proxy-ssl-secret", refused.why(), refused.toDo());
    ignored(at, CLOSED);
  }

  /// Says of all that is about the hop that nothing has to be done.
  static void ignored(Location at, String why) {
    TlsHop.ignored(at, why);
    ABOUT_IT.forEach(name -> at.same(name, why));
  }

  private Hop grpc(Location at, Hop hop) {
    at.grpc = true;
    at.same("backend-protocol", "appProtocol kubernetes.io/h2c");
    return hop;
  }
}
