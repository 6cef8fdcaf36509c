package dev.postern.app.cli;

import dev.postern.app.demo.DemoFolder;
import java.net.InetSocketAddress;

/// What a person can try in the demo.
final class DemoWords {
  private DemoWords() {}

  static String of(DemoFolder manifests, int port, InetSocketAddress admin) {
    return """

    Try this in another terminal.

    A request through TLS, verified against the CA in the folder: 200
      curl -i http://localhost:@PORT@/ -H 'Host: example.com'

    The TLS connections to the backend, counted as Envoy counts them
      curl -s 'http://@ADMIN@/stats?filter=kube_default_nginx_8443.ssl'

    Without the policy nobody says TLS, and the backend itself refuses plaintext: 400
      mv @POLICY@ @POLICY@.off
      curl -i http://localhost:@PORT@/ -H 'Host: example.com'

    With it again, at once: 200
      mv @POLICY@.off @POLICY@
      curl -i http://localhost:@PORT@/ -H 'Host: example.com'

    With a name that the certificate does not have: 503, and the access log says why
      sed -i.bak 's/hostname: example.com/hostname: wrong.example/' @POLICY@
      curl -i http://localhost:@PORT@/ -H 'Host: example.com'
      mv @POLICY@.bak @POLICY@

    What all of it means, object by object
      ./postern check @FOLDER@

    The manifests are in @FOLDER@; change what you like. Ctrl-C ends the demo.

    """
        .replace("@PORT@", Integer.toString(port))
        .replace("@ADMIN@", admin.getHostString() + ":" + admin.getPort())
        .replace("@POLICY@", manifests.policy().toString())
        .replace("@FOLDER@", manifests.folder().toString());
  }
}
