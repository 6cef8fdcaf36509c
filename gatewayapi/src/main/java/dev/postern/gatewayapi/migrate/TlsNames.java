package dev.postern.gatewayapi.migrate;

import java.util.Locale;

/// The name of the backend's certificate, and the server name: proxy-ssl-name and
/// proxy-ssl-server-name. Where nothing is said, nginx took the name of its own upstream block.
final class TlsNames {
  static final String UPSTREAM = "upstream_balancer";
  static final String UPSTREAM_SENT =
      "nginx sent the name " + UPSTREAM + "; it is not sent any more";
  static final String NOT_SENT = "no server name is sent where nobody is verified";
  static final String HAVE_VERIFIED =
      "have the backend verified: the server name is that of the certificate then";

  private TlsNames() {}

  /// The name by which the backend is verified now.
  static String verified(TlsVerdicts said, String kind) {
    Location at = said.at();
    String service = ofService(at);
    String name = fixed(said);
    if (name.isEmpty() && said.value("proxy-ssl-name").isEmpty()) {
      said.different(
          "proxy-ssl-verify",
          "without a proxy-ssl-name nginx verified the name upstream_balancer, which fails; now it"
              + " is "
              + service);
      return service;
    }
    if (name.isEmpty()) {
      said.lost(
          "proxy-ssl-name",
          "a BackendTLSPolicy has one fixed host name, not " + said.value("proxy-ssl-name"),
          "put the name of the backend's certificate in place of " + service);
      return service;
    }
    if (said.value("proxy-ssl-name").equals("$host")) {
      said.different("proxy-ssl-name", "always " + name + ", the host of this rule");
    } else {
      said.same(
          "proxy-ssl-name",
          kind.equals("BackendTLSPolicy")
              ? "BackendTLSPolicy hostname, which is the server name too"
              : "the server name, and the name that is verified, in a " + kind);
    }
    return name;
  }

  /// The server name of a backend that is verified.
  static void sent(TlsVerdicts said) {
    String annotation = "proxy-ssl-server-name";
    if (!said.value(annotation).equals("on")) {
      said.always(
          annotation, "the name that is verified is sent as the server name; nginx sent none");
    } else if (said.value("proxy-ssl-name").isEmpty()) {
      said.different(
          annotation, "the name that is verified is sent; nginx sent the name " + UPSTREAM);
    } else {
      said.same(annotation, "the name that is verified is sent");
    }
  }

  /// The server name of one that is not.
  static void unverified(TlsVerdicts said, Target target) {
    String annotation = "proxy-ssl-server-name";
    boolean fixed = !fixed(said).isEmpty();
    boolean on = said.value(annotation).equals("on");
    said.same("proxy-ssl-name", nameOfUnverified(target, fixed, on));
    if (!on) {
      said.same(annotation, "no server name is sent");
    } else if (said.value("proxy-ssl-name").isEmpty()) {
      said.different(annotation, UPSTREAM_SENT);
    } else if (target.namesUnverified() && fixed) {
      said.same(annotation, target.serverNameField());
    } else {
      said.lost(annotation, NOT_SENT, HAVE_VERIFIED);
    }
  }

  /// What becomes of the name of a backend that nginx did not verify.
  ///
  /// @param sent whether it was the server name
  static String nameOfUnverified(Target target, boolean fixed, boolean sent) {
    boolean written = fixed && target.namesUnverified() && (sent || !target.hasConnectionKind());
    return written ? target.serverNameField() : "nothing, as nothing is verified";
  }

  /// What proxy-ssl-name says; empty where it says nothing, or a name for each request.
  static String fixed(TlsVerdicts said) {
    String name = said.value("proxy-ssl-name");
    if (name.equals("$host")) {
      String host = said.at().path.host();
      return host.contains("*") ? "" : host;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    return HeaderFamily.isName(lower) ? lower : "";
  }

  static String ofService(Location at) {
    return at.path.service() + "." + at.ingress.namespace() + ".svc";
  }
}
