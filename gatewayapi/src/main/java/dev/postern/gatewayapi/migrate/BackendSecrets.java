package dev.postern.gatewayapi.migrate;

import dev.postern.gatewayapi.load.Document;
import dev.postern.gatewayapi.resolve.certificate.CertificateChain;
import dev.postern.gatewayapi.resolve.certificate.KeyPair;
import dev.postern.gatewayapi.resolve.certificate.PemException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The Secrets that proxy-ssl-secret names, each read once.
final class BackendSecrets {
  private static final String ANNOTATION = "proxy-ssl-secret";
  private static final String AGAIN = ", and migrate again";

  private final Objects objects;
  private final Map<String, BackendSecret> known = new HashMap<>();

  BackendSecrets(Objects objects) {
    this.objects = objects;
  }

  /// `namespace/name`, or whatever is written.
  static String reference(Ingress ingress) {
    return ingress.annotations().getOrDefault(ANNOTATION, "").strip();
  }

  BackendSecret of(Ingress ingress) {
    String reference = reference(ingress);
    if (reference.isEmpty()) {
      return new BackendSecret.Nothing();
    }
    if (!reference.matches("[A-Za-z0-9/:._~-]*")) {
      return new BackendSecret.Refused(
          "with a character in it that no name has nginx took nothing of this Ingress; its paths"
              + " answer 500 now",
          "write namespace/name of the Secret" + AGAIN);
    }
    if (!reference.startsWith(ingress.namespace() + "/")) {
      return new BackendSecret.Refused(
          "nginx takes only namespace/name in the Ingress's own namespace and answered 503; the"
              + " path answers 500 now",
          "bring the Secret into " + ingress.namespace() + " and write its name in full" + AGAIN);
    }
    return known.computeIfAbsent(reference, this::read);
  }

  private BackendSecret read(String reference) {
    Document secret = objects.secret(reference);
    if (secret == null) {
      return new BackendSecret.Unknown(reference);
    }
    boolean pair = Objects.hasKey(secret, "tls.crt") && Objects.hasKey(secret, "tls.key");
    String authority = Objects.certificate(secret, "ca.crt");
    boolean hasAuthority = !authority.isEmpty() || isWritten(secret, "ca.crt");
    if (!pair && !hasAuthority) {
      return refused(reference, "neither a ca.crt nor a pair of tls.crt and tls.key is in it");
    }
    String trouble = pair ? troubleOfPair(secret) : null;
    if (trouble == null && hasAuthority) {
      trouble =
          authority.isEmpty() ? "key ca.crt: it is not base64" : troubleOfAuthority(authority);
    }
    if (trouble != null) {
      return refused(reference, trouble);
    }
    return hasAuthority
        ? new BackendSecret.Authority(reference, pair)
        : new BackendSecret.Nothing();
  }

  /// Whether something stands there, be it base64 or not.
  private static boolean isWritten(Document secret, String key) {
    return !Trees.text(Trees.child(secret.tree(), "data"), key).isBlank();
  }

  private static BackendSecret refused(String reference, String trouble) {
    return new BackendSecret.Refused(
        "nginx could not use the Secret "
            + reference
            + " and answered 503: "
            + trouble
            + ". The path answers 500 now",
        "correct the Secret, which has to have the CA in PEM as ca.crt" + AGAIN);
  }

  private static @Nullable String troubleOfPair(Document secret) {
    try {
      KeyPair.parse(
          "tls.crt",
          Objects.certificate(secret, "tls.crt"),
          "tls.key",
          Objects.certificate(secret, "tls.key"));
      return null;
    } catch (PemException e) {
      return e.getMessage();
    }
  }

  private static @Nullable String troubleOfAuthority(String pem) {
    try {
      CertificateChain.parse(pem);
      return null;
    } catch (PemException e) {
      return "key ca.crt: " + e.getMessage();
    }
  }
}
