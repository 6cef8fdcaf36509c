package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resource.Finding;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule beyond shape: what it refuses, with the field and the words, and what passes. */
class RulesTest {

  /** A body in flow style, and what is said about it; nothing for what is accepted. */
  record Case(String kind, String body, String... said) {
    @Override
    public String toString() {
      return kind + " " + body;
    }
  }

  private static final String GATEWAY_API = "gateway.networking.k8s.io/v1";

  @ParameterizedTest
  @MethodSource("all")
  void isJudgedAsAnApiServerWould(Case example) {
    String version =
        switch (example.kind()) {
          case "Service", "Secret", "ConfigMap" -> "v1";
          case "EndpointSlice" -> "discovery.k8s.io/v1";
          default -> GATEWAY_API;
        };
    LoadedFile file =
        Manifest.load(
            "f.yaml",
            "{apiVersion: %s, kind: %s, metadata: {name: x}, %s}"
                .formatted(version, example.kind(), example.body()));
    List<String> errors =
        file.findings().stream()
            .filter(finding -> finding.severity() == Finding.Severity.ERROR)
            .map(finding -> finding.field() + ": " + finding.message())
            .toList();
    assertThat(errors).hasSameSizeAs(example.said());
    for (int i = 0; i < errors.size(); i++) {
      assertThat(errors.get(i)).contains(example.said()[i]);
    }
    assertThat(file.resources()).hasSize(example.said().length == 0 ? 1 : 0);
    assertThat(file.rejected()).hasSize(example.said().length == 0 ? 0 : 1);
  }

  private static Case gateway(String listener, String... said) {
    return new Case("Gateway", "spec: {gatewayClassName: c, listeners: [" + listener + "]}", said);
  }

  private static Case addresses(String addresses, String... said) {
    return new Case(
        "Gateway",
        "spec: {gatewayClassName: c, listeners: [{name: a, port: 1, protocol: HTTP}], addresses: ["
            + addresses
            + "]}",
        said);
  }

  private static Case rule(String rule, String... said) {
    return new Case("HTTPRoute", "spec: {rules: [{" + rule + "}]}", said);
  }

  private static Case path(String path, String... said) {
    return rule("matches: [{path: {" + path + "}}]", said);
  }

  private static Case filter(String filter, String... said) {
    return rule("filters: [{" + filter + "}]", said);
  }

  private static Case parents(String parents, String... said) {
    return new Case("HTTPRoute", "spec: {parentRefs: [" + parents + "]}", said);
  }

  private static Case targets(String targets, String... said) {
    return new Case(
        "BackendTLSPolicy",
        "spec: {targetRefs: ["
            + targets.replace("S,", "group: '', kind: Service,")
            + "], validation: {hostname: a.example, wellKnownCACertificates: System}}",
        said);
  }

  private static Case validation(String validation, String... said) {
    return new Case(
        "BackendTLSPolicy",
        "spec: {targetRefs: [{group: '', kind: Service, name: a}], validation: {"
            + validation
            + "}}",
        said);
  }

  private static Case names(String names, String... said) {
    return validation(
        "hostname: a.example, wellKnownCACertificates: System, subjectAltNames: [" + names + "]",
        said);
  }

  private static Case service(String spec, String... said) {
    return new Case("Service", "spec: {" + spec + "}", said);
  }

  private static final String PREFIX_REWRITE =
      "filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch,"
          + " replacePrefixMatch: /x}}}]";

  static List<Case> all() {
    return List.of(
        // Gateway
        gateway("{name: a, port: 1, protocol: HTTP}"),
        gateway("{name: a, port: 1, protocol: HTTP, tls: {options: {a: b}}}", "takes no tls"),
        gateway("{name: a, port: 1, protocol: TCP, hostname: a.example}", "knows no host names"),
        gateway("{name: a, port: 1, protocol: TLS}", "needs tls with a mode"),
        gateway("{name: a, port: 1, protocol: TLS, tls: {mode: Passthrough}}"),
        gateway(
            "{name: a, port: 1, protocol: HTTPS, tls: {mode: Passthrough}}",
            "spec.listeners[0].tls.mode: a listener with protocol HTTPS needs mode Terminate"),
        gateway("{name: a, port: 1, protocol: HTTPS, tls: {}}", "needs certificateRefs"),
        gateway("{name: a, port: 1, protocol: HTTPS, tls: {certificateRefs: [{name: c}]}}"),
        gateway(
            "{name: a, port: 1, protocol: HTTP}, {name: a, port: 2, protocol: HTTP}",
            "spec.listeners[1]: has the same name ('a') as item [0]"),
        gateway(
            "{name: a, port: 1, protocol: HTTP}, {name: b, port: 1, protocol: HTTP}",
            "has the same port 1, protocol HTTP and no hostname as listener [0]"),
        gateway(
            "{name: a, port: 1, protocol: HTTP, hostname: a.b}, {name: b, port: 1, protocol: HTTP}"),
        gateway("{name: a, port: 0, protocol: HTTP}", "0 is out of range"),
        gateway("{name: a, port: 1, protocol: HTTP, hostname: 'A.b'}", "'A.b' must be a host name"),
        gateway(
            "{name: a, port: 1, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector,"
                + " selector: {matchExpressions: [{key: a, operator: in, values: [b]}]}}}}",
            "'in' is not one of In, NotIn, Exists, DoesNotExist. Did you mean 'In'?"),
        new Case("Gateway", "spec: {gatewayClassName: c, listeners: []}", "needs at least 1 item"),
        addresses("{value: 127.0.0.1}, {value: '::1'}, {type: Hostname, value: a.example}, {}"),
        addresses("{value: 127.0.0.01}", "'127.0.0.01' is not an IPv4 or IPv6 address"),
        addresses("{type: Hostname, value: a_b}", "'a_b' must be a host name"),
        addresses("{value: 1.1.1.1}, {value: 1.1.1.1}", "spec.addresses[1]: the ipaddress 1.1.1.1"),
        addresses("{type: example.com/x, value: anything}"),
        addresses("{type: nonsense, value: x}", "'nonsense' must be IPAddress, Hostname"),
        // HTTPRoute
        new Case("HTTPRoute", "spec: {}"),
        path("value: /a"),
        path("value: a", "'a' must start with '/'"),
        path("value: ''", "'' must start with '/'"),
        path("value: /a//b", "must not contain '//'"),
        path("value: /a/./b", "must not contain '/./'"),
        path("value: /a/../b", "must not contain '/../'"),
        path("value: /a%2fb", "must not contain '%2f'"),
        path("value: /a%2Fb", "must not contain '%2F'"),
        path("value: '/a#b'", "must not contain '#'"),
        path("value: /a/..", "must not end with '/..'"),
        path("value: /a/.", "must not end with '/.'"),
        path("value: '/a b'", "'/a b' must be a path"),
        path("value: '/%zz', type: Exact", "must be a path"),
        path("value: 'a#//.*', type: RegularExpression"),
        path("type: Regex", "'Regex' is not one of Exact, PathPrefix, RegularExpression"),
        rule("matches: [{method: get}]", "'get' is not one of GET"),
        rule(
            "matches: [{headers: [{name: a, value: b}, {name: a, value: c}]}]",
            "has the same name ('a')"),
        rule("matches: [{headers: [{name: 'a b', value: b}]}]", "'a b' must be a header name"),
        rule("matches: [{headers: [{name: a, value: ' b'}]}]", "must be printable ASCII"),
        rule("matches: [{headers: [{name: a, value: 1}]}]", "Write \"1\""),
        rule("matches: [{queryParams: [{name: a, value: ''}]}]", "must not be empty"),
        rule("backendRefs: [{name: a}]", "a reference to a Service needs a port"),
        rule("backendRefs: [{name: a, group: x.example, kind: Thing}]"),
        rule("backendRefs: [{name: a, port: 1, weight: 1000001}]", "1000001 is out of range"),
        rule("backendRefs: [{name: a, port: 1, namespace: A}]", "'A' must be lower-case"),
        filter("type: RequestRedirect", "type RequestRedirect needs the field requestRedirect"),
        filter(
            "type: CORS, cors: {}, urlRewrite: {}",
            "spec.rules[0].filters[0].urlRewrite: the field urlRewrite does not go with type CORS"),
        filter("type: Cors", "Did you mean 'CORS'?"),
        filter(
            "type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b},"
                + " {name: a, value: c}]}",
            "requestHeaderModifier.set[1]: has the same name"),
        filter(
            "type: RequestHeaderModifier, requestHeaderModifier: {remove: [a, a]}",
            "'a' is in the list twice"),
        filter("type: RequestRedirect, requestRedirect: {statusCode: 200}", "200 is not one of"),
        filter("type: RequestRedirect, requestRedirect: {scheme: ftp}", "'ftp' is not one of"),
        filter(
            "type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath}}",
            "type ReplaceFullPath needs the field replaceFullPath"),
        filter("type: CORS, cors: {allowOrigins: ['*', 'https://a.example']}", "must be alone"),
        filter("type: CORS, cors: {allowMethods: ['*', GET]}", "must be alone"),
        filter("type: CORS, cors: {allowOrigins: [a.example]}", "must be an origin"),
        filter(
            "type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, percent: 1,"
                + " fraction: {numerator: 1}}",
            "percent and fraction do not go together"),
        filter(
            "type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, fraction:"
                + " {numerator: 101}}",
            "must not be greater than the denominator"),
        filter(
            "type: ExternalAuth, externalAuth: {protocol: GRPC, backendRef: {name: a, port: 1},"
                + " http: {}}",
            "protocol GRPC needs the field grpc",
            "the field http needs protocol HTTP"),
        rule(
            "filters: [{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}]",
            "a filter of type URLRewrite is at [0] already"),
        rule(
            "filters: [{type: URLRewrite, urlRewrite: {}}, {type: RequestRedirect,"
                + " requestRedirect: {}}]",
            "do not go together"),
        rule(
            "filters: [{type: RequestRedirect, requestRedirect: {}}], backendRefs: [{name: a, port:"
                + " 1}]",
            "has no use for backendRefs"),
        rule(PREFIX_REWRITE),
        rule("matches: [{path: {type: Exact, value: /a}}], " + PREFIX_REWRITE, "exactly one match"),
        rule("matches: [{}, {method: GET}], " + PREFIX_REWRITE, "exactly one match"),
        rule(
            "matches: [{}, {method: GET}], backendRefs: [{name: a, port: 1, "
                + PREFIX_REWRITE
                + "}]",
            "backendRefs[0].filters[0].urlRewrite.path: replacePrefixMatch needs"),
        rule("timeouts: {request: 10s, backendRequest: 9s}"),
        rule("timeouts: {request: 0s, backendRequest: 9s}"),
        rule("timeouts: {request: 1m, backendRequest: 61s}", "must not be longer"),
        rule("timeouts: {request: 1.5s}", "must be a duration"),
        rule("timeouts: {request: 10}", "without quotes is a number"),
        rule("sessionPersistence: {type: Header, cookieConfig: {}}", "cookieConfig needs type"),
        rule(
            "sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}",
            "needs an absoluteTimeout"),
        rule("retry: {codes: [399]}", "399 is out of range"),
        new Case("HTTPRoute", "spec: {rules: [{name: a}, {name: a}]}", "has the name 'a' already"),
        new Case("HTTPRoute", "spec: {hostnames: [1.2.3.4]}"),
        new Case("HTTPRoute", "spec: {hostnames: ['a.example:80']}", "without port and path"),
        new Case("HTTPRoute", "spec: {rules: []}", "needs at least 1 item"),
        parents("{name: a}, {name: a}", "spec.parentRefs[1]: is the same as [0]"),
        parents("{name: a}, {name: a, sectionName: b}", "then both need a sectionName"),
        parents("{name: a, sectionName: c}, {name: a, sectionName: b}"),
        parents("{name: a, port: 1}, {name: a, port: 2}"),
        parents("{name: a, port: 1}, {name: a, sectionName: b}", "then both need a sectionName"),
        parents("{name: a}, {name: a, namespace: b}"),
        // BackendTLSPolicy
        targets("{S, name: a}, {S, name: b}"),
        targets("{S, name: a}, {S, name: a}", "spec.targetRefs[1]: is the same as [0]"),
        targets("{S, name: a}, {S, name: a, sectionName: b}", "then both need a sectionName"),
        targets("{S, name: a, sectionName: c}, {S, name: a, sectionName: b}"),
        targets("", "needs at least 1 item"),
        validation("hostname: a.example", "says no CA to trust"),
        validation("hostname: a.example, caCertificateRefs: []", "says no CA to trust"),
        validation(
            "hostname: a.example, wellKnownCACertificates: System, caCertificateRefs: [{group: '',"
                + " kind: ConfigMap, name: c}]",
            "do not go together"),
        validation("hostname: '*.example', wellKnownCACertificates: System", "'*.example' must be"),
        validation("wellKnownCACertificates: System", "'hostname' is missing"),
        validation("hostname: a.example, wellKnownCACertificates: system", "must be System"),
        names("{type: Hostname, hostname: '*.a.example'}, {type: URI, uri: 'spiffe://a/b'}"),
        names("{type: Hostname}", "type Hostname needs the field hostname"),
        names("{type: URI}", "type URI needs the field uri"),
        names("{type: URI, uri: 'no-scheme'}", "must be a URI"),
        names(
            "{type: URI, uri: 'spiffe://a/b', hostname: a.example}",
            "the field hostname does not go with type URI"),
        names("{type: DNS, hostname: a}", "'DNS' is not one of Hostname, URI"),
        // ReferenceGrant
        new Case(
            "ReferenceGrant",
            "spec: {from: [{group: g.example, kind: K, namespace: ns}], to: [{group: '', kind:"
                + " Service}]}"),
        new Case(
            "ReferenceGrant",
            "spec: {from: [{group: g/v1, kind: K, namespace: ns}], to: []}",
            "without a version",
            "spec.to: needs at least 1 item"),
        // Kubernetes' own
        service("ports: [{port: 80}]"),
        service("", "spec.ports: needs at least one port"),
        service("clusterIP: None"),
        service("ports: [{port: 80}, {port: 81, name: a}]", "needs a name for each"),
        service("ports: [{port: 80, name: a}, {port: 81, name: a}]", "has the name 'a' already"),
        service("ports: [{port: 80, name: a}, {port: 80, name: b}]", "is 80/TCP already"),
        service("ports: [{port: 80, name: a}, {port: 80, name: b, protocol: UDP}]"),
        service("ports: [{port: 80, name: A}]", "'A' must be lower-case letters"),
        service("ports: [{port: 80, appProtocol: 'a b'}]", "'a b' must be a name or domain/name"),
        service("type: ExternalName", "needs an externalName"),
        service("type: ExternalName, externalName: a.example."),
        service("type: ExternalName, externalName: 'a b'", "'a b' must be"),
        new Case(
            "EndpointSlice",
            "addressType: IPv4, endpoints: [{addresses: [127.0.0.1]}], ports: [{port: 1}]"),
        new Case(
            "EndpointSlice",
            "addressType: IPv4, endpoints: [{addresses: ['::1']}]",
            "endpoints[0].addresses[0]: '::1' is not an IPv4 address"),
        new Case("EndpointSlice", "addressType: FQDN, endpoints: [{addresses: [a.example]}]"),
        new Case("EndpointSlice", "endpoints: []", "'addressType' is missing"),
        new Case(
            "EndpointSlice",
            "addressType: IPv4, endpoints: [{addresses: []}]",
            "needs at least 1 item"),
        new Case("Secret", "data: {a: eA==}"),
        new Case("Secret", "data: {a: 'eA='}", "data[a]: is not valid base64"),
        new Case(
            "Secret", "data: {a: '-----BEGIN CERTIFICATE-----'}", "put it into stringData instead"),
        new Case(
            "Secret", "type: kubernetes.io/tls, data: {tls.crt: eA==}", "needs the key tls.key"),
        new Case("Secret", "type: kubernetes.io/tls, stringData: {tls.crt: a, tls.key: b}"),
        new Case("ConfigMap", "data: {a: 1}", "Write \"1\""),
        new Case("ConfigMap", "data: {a: {b: c}}", "must be a text, and this is a map"),
        new Case("ConfigMap", "data: {'a b': c}", "the key 'a b' must be"),
        new Case("ConfigMap", "data: {a: b}, binaryData: {a: eA==}", "is in data too"));
  }
}
