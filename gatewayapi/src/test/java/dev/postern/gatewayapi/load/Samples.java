package dev.postern.gatewayapi.load;

import java.util.List;
import java.util.Random;

/** Manifests to read, and to break. */
final class Samples {
  private Samples() {}

  static final List<String> MANIFESTS =
      List.of(
          """
          # a comment
          apiVersion: gateway.networking.k8s.io/v1
          kind: Gateway
          metadata:
            name: http   # another
            namespace: kgateway-system
          spec:
            gatewayClassName: postern
            addresses: []
            infrastructure: { labels: {a: "b", c.d/e: f}, annotations: {} } # given
            listeners:
            - name: http
              port: 8080
              protocol: HTTP
              allowedRoutes:
                namespaces:
                  from: All
            -
              name: tls
              hostname: "*.example.com"
              port: 8443
              protocol: HTTPS
              tls:
                certificateRefs:
                  - name: 'cert'

                  - name: other
                    namespace:
                options: {}
          """,
          """
          ---
          apiVersion: v1
          kind: Service
          metadata:
            name: nginx
            labels:
              app.kubernetes.io/name: nginx
          spec:
            ports:
            - {}
            - {name: http, port: 80, targetPort: [1, 'x', [ ], true , 0x1f, null]}
            - port: 8443
              appProtocol: https
              name: https
          ---
          # nothing
          ---
          apiVersion: v1
          kind: ConfigMap
          metadata:
            name: ca
          data:
            ca.crt: |
              -----BEGIN CERTIFICATE-----
              MIIB

                indented # not a comment
              -----END CERTIFICATE-----

            other: |-
              x
          # end
          immutable: true
          """,
          """
          apiVersion: gateway.networking.k8s.io/v1
          kind: HTTPRoute
          metadata:
            name: r
            annotations:
              note: it's a:b http://x/#y
          spec:
            parentRefs:
            - name: http
            hostnames:
            - example.com
            - "*.example.org"
            rules:
            - matches:
              - path:
                  type: PathPrefix
                  value: /
                headers:
                - - nested
                  - list
                - name: A
                  value: -1
              backendRefs:
              - name: nginx
                port: 8443
                weight: 0x10
          """,
          """
          apiVersion: v1
          kind: List
          items:
          - apiVersion: v1
            kind: Secret
            metadata: {}
            type: Opaque
            data:
              a: eA==
            stringData:
              b: |
                c
          - apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: e
            addressType: IPv4
            endpoints:
            - addresses:
              - 127.0.0.1
              conditions:
                ready: yes
            ports:
            - port: 80
          """);

  private static final String[] PIECES = {
    "\n", " ", "  ", "- ", "-", ": ", ":", "#", " #", "|", "|-", "|+", ">", "'", "\"", "[", "]",
    "[]", "{", "}", "{}", ",", "&a", "*a", "!", "?", "? ", "---", "---\n", "...\n", "%", "@", "~",
    "null", "true", "0", "1e3", "\t", "a: b\n", "\n- x\n", "\n\n", "key:\n", "\\", "=", "<<: ",
  };

  /** A manifest with a few random edits; much of it is no YAML any more. */
  static String mutated(Random random) {
    StringBuilder text = new StringBuilder(MANIFESTS.get(random.nextInt(MANIFESTS.size())));
    int edits = 1 + random.nextInt(3);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
        case 1 -> deleteLine(text, at);
        case 2 -> text.setLength(Math.max(1, at));
        default -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
      }
      if (text.isEmpty()) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  private static void deleteLine(StringBuilder text, int at) {
    int from = text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
    int to = text.indexOf("\n", from);
    text.delete(from, to < 0 ? text.length() : to + 1);
  }
}
