package dev.postern.gatewayapi.migrate;

/// `proxy_ssl_name` and `proxy_ssl_server_name` in snippets, judged as the annotations of these
/// names are.
final class SnippetName {
  private SnippetName() {}

  static Verdict ofName(Location at, String name) {
    SnippetHop hop = at.snippetHop;
    boolean fixed = !hop.name().isEmpty();
    if (hop.verifies()) {
      if (fixed && !hop.sendsName()) {
        return new Verdict.Different(
            "BackendTLSPolicy hostname, which is sent as the server name too; nginx sent none");
      }
      return fixed
          ? new Verdict.Same("BackendTLSPolicy hostname, which is the server name too")
          : new Verdict.NotPossible(
              "a BackendTLSPolicy has one fixed host name, not " + name,
              "put the name of the backend's certificate in place of " + TlsNames.ofService(at));
    }
    return new Verdict.Same(TlsNames.nameOfUnverified(at.target, fixed, hop.sendsName()));
  }

  /// @param on whether nginx sent a server name
  static Verdict ofSwitch(Location at, boolean on) {
    SnippetHop hop = at.snippetHop;
    if (hop.verifies()) {
      return on
          ? new Verdict.Same("the name that is verified is sent")
          : new Verdict.Different(
              "the name that is verified is sent as the server name; nginx sent none");
    }
    if (!on) {
      return new Verdict.Same("no server name is sent");
    }
    if (!hop.says("name")) {
      return new Verdict.Different(TlsNames.UPSTREAM_SENT);
    }
    return at.target.namesUnverified() && !hop.name().isEmpty()
        ? new Verdict.Same(at.target.serverNameField())
        : new Verdict.NotPossible(TlsNames.NOT_SENT, TlsNames.HAVE_VERIFIED);
  }
}
