package dev.postern.gatewayapi.resolve.hop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.Hop.Question;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HopDecisionTest {
  private static final ObjectRef SERVICE = new ObjectRef(Kind.SERVICE, "a", "web");
  private static final ObjectRef GATEWAY = new ObjectRef(Kind.GATEWAY, "a", "gw");
  private static final ObjectRef TLS_POLICY = new ObjectRef(Kind.BACKEND_TLS_POLICY, "a", "p");
  private static final ObjectRef OWN = ref("BackendConnectionPolicy");
  private static final ObjectRef XBACKEND = ref("XBackend");
  private static final ObjectRef RULE = ref("DestinationRule");
  private static final UpstreamTls TLS =
      new UpstreamTls("p.test", new Trust.System(), List.of(new SubjectName.Dns("p.test")));
  private static final TlsWish UNVERIFIED =
      new TlsWish.On("", new Trust.Unverified(), List.of(new SubjectName.Any()));

  private static ObjectRef ref(String kind) {
    return new ObjectRef(new Kind("example.com", kind), "a", "w");
  }

  private static TlsWish on(String name) {
    return new TlsWish.On(name, new Trust.System(), List.of(new SubjectName.Dns(name)));
  }

  private static ClientCertificate certificate(String name) {
    return new ClientCertificate(name, List.of(), new PrivateKeyDer(new byte[] {1}));
  }

  private static Wish own() {
    return Wish.nothing(Authority.POSTERN_POLICY, OWN);
  }

  private static Wish xBackend() {
    return Wish.nothing(Authority.XBACKEND, XBACKEND);
  }

  private static Wish rule() {
    return Wish.nothing(Authority.FOREIGN, RULE);
  }

  private static Hop decide(
      RouteKind route, String hint, String portName, TlsPolicy policy, Wish... wishes) {
    return decide(GatewaySide.NOTHING, route, hint, portName, policy, wishes);
  }

  private static Hop decide(
      GatewaySide gateway,
      RouteKind route,
      String hint,
      String portName,
      TlsPolicy policy,
      Wish... wishes) {
    return HopDecision.decide(
        new HopFacts(
            route,
            SERVICE,
            "Service a/web:80",
            Optional.of(new Said<>("spec.ports[0].appProtocol", hint)),
            Optional.of(new Said<>("spec.ports[0].name", portName)),
            policy,
            gateway,
            Arrays.asList(wishes)));
  }

  private static Hop http(Wish... wishes) {
    return decide(RouteKind.HTTP, "", "", new TlsPolicy.None(), wishes);
  }

  private static Hop httpsBy(TlsPolicy policy, Wish... wishes) {
    return decide(RouteKind.HTTP, "", "", policy, wishes);
  }

  private static TlsPolicy valid() {
    return new TlsPolicy.Valid(TLS_POLICY, TLS, List.of());
  }

  private static Hop.Way way(Hop hop) {
    assertThat(hop.outcome()).isInstanceOf(Outcome.Connect.class);
    return ((Outcome.Connect) hop.outcome()).way();
  }

  private static String sni(Hop hop) {
    return way(hop).tls().orElseThrow().sni();
  }

  /** Who decided, and whom it overruled. */
  private static String deciders(Hop hop, Question question) {
    Hop.Step step =
        hop.trail().stream().filter(s -> s.question() == question).findFirst().orElseThrow();
    return step.answer() + " | " + step.decidedBy() + " | " + step.overruled();
  }

  @Test
  void aPortsNameCountsWhereNobodySaysMore() {
    assertThat(way(decide(RouteKind.HTTP, "", "grpc-api", new TlsPolicy.None())).protocol())
        .isEqualTo(new UpstreamProtocol.Http2());
    Hop hinted = decide(RouteKind.HTTP, "http", "grpc", new TlsPolicy.None());
    assertThat(way(hinted).protocol()).isEqualTo(new UpstreamProtocol.Http1());
    assertThat(deciders(hinted, Question.PROTOCOL))
        .isEqualTo(
            "HTTP/1.1 | Service a/web spec.ports[0].appProtocol: http"
                + " | [Service a/web spec.ports[0].name: grpc]");
  }

  @Test
  void aHintForSomebodyElseLeavesItToThePortsNameWithANote() {
    Hop hop = decide(RouteKind.HTTP, "example.com/x", "grpc", new TlsPolicy.None());
    assertThat(way(hop).protocol()).isEqualTo(new UpstreamProtocol.Http2());
    assertThat(((Outcome.Connect) hop.outcome()).note())
        .isEqualTo(
            "Service a/web:80 has appProtocol example.com/x, which says nothing about HTTP;"
                + " HTTP/2 is spoken");
  }

  @Test
  void whoSaysTheSameIsNotOverruled() {
    Wish foreign =
        rule()
            .withProtocol("spec.x", AppProtocol.HTTP2)
            .withTls("spec.tls", new TlsWish.Off())
            .withTraffic(connectIn(2));
    Wish first = own().withTraffic(connectIn(2));
    Wish off = xBackend().withTls("spec.tls.mode", new TlsWish.Off());
    Hop hop = decide(RouteKind.HTTP, "h2c", "http2", new TlsPolicy.None(), foreign, first, off);
    assertThat(hop.trail()).hasSize(3).allMatch(step -> step.overruled().isEmpty());
    Hop slower =
        decide(
            RouteKind.HTTP, "", "", new TlsPolicy.None(), own().withTraffic(connectIn(3)), foreign);
    assertThat(deciders(slower, Question.CONNECT_TIMEOUT)).contains("[DestinationRule a/w spec.t");
  }

  private static TrafficWish connectIn(int seconds) {
    return TrafficWish.limits(
        Optional.of(new Said<>("spec.t", Duration.ofSeconds(seconds))),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void tcpIsNothingToRemarkOnWhereOctetsAreSent() {
    Hop hop = decide(RouteKind.BYTES, "tcp", "", new TlsPolicy.None());
    assertThat(((Outcome.Connect) hop.outcome()).note()).isEmpty();
    Hop web = decide(RouteKind.HTTP, "tcp", "", new TlsPolicy.None());
    assertThat(((Outcome.Connect) web.outcome()).note()).contains("appProtocol tcp");
  }

  @Test
  void protocolsAreSaidByThePolicyBeforeTheXBackendBeforeTheHintBeforeForeignKinds() {
    Wish own = own().withProtocol("spec.protocol", AppProtocol.HTTP2);
    Wish other = xBackend().withProtocol("spec.protocol", AppProtocol.HTTP);
    Wish foreign = rule().withProtocol("spec.x", AppProtocol.FASTCGI);
    TlsPolicy none = new TlsPolicy.None();
    assertThat(
            deciders(
                decide(RouteKind.HTTP, "http", "", none, foreign, other, own), Question.PROTOCOL))
        .isEqualTo(
            "HTTP/2 | BackendConnectionPolicy a/w spec.protocol: HTTP/2"
                + " | [XBackend a/w spec.protocol: HTTP/1.1,"
                + " Service a/web spec.ports[0].appProtocol: http,"
                + " DestinationRule a/w spec.x: FastCGI]");
    assertThat(way(decide(RouteKind.HTTP, "h2c", "", none, foreign, other)).protocol())
        .isEqualTo(new UpstreamProtocol.Http1());
    assertThat(way(decide(RouteKind.HTTP, "h2c", "", none, foreign)).protocol())
        .isEqualTo(new UpstreamProtocol.Http2());
    assertThat(way(decide(RouteKind.HTTP, "", "grpc", none, foreign)).protocol())
        .isEqualTo(new UpstreamProtocol.FastCgi(HopDecision.DEFAULT_FAST_CGI));
  }

  @Test
  void noWishAboutTheProtocolMakesADeclaredTlsPortPlaintext() {
    Hop hop =
        decide(
            RouteKind.HTTP,
            "https",
            "",
            new TlsPolicy.None(),
            own().withProtocol("spec.protocol", AppProtocol.HTTP2),
            rule().withTls("spec.tls", new TlsWish.Off()));
    assertThat(hop.outcome()).isInstanceOf(Outcome.UnsupportedProtocol.class);
  }

  @Test
  void tlsIsSaidByTheTlsPolicyBeforeTheXBackendBeforeThePolicyBeforeForeignKinds() {
    Wish own = own().withTls("spec.tls", on("own.test"));
    Wish other = xBackend().withTls("spec.tls", on("x.test"));
    Wish foreign = rule().withTls("spec.trafficPolicy.tls", on("rule.test"));
    assertThat(sni(httpsBy(valid(), own, foreign, other))).isEqualTo("p.test");
    assertThat(sni(http(own, foreign, other))).isEqualTo("x.test");
    assertThat(sni(http(foreign, own))).isEqualTo("own.test");
    assertThat(deciders(http(foreign, own), Question.TLS))
        .isEqualTo(
            "on | BackendConnectionPolicy a/w spec.tls: on"
                + " | [DestinationRule a/w spec.trafficPolicy.tls: on]");
    assertThat(way(http(rule().withTls("t", new TlsWish.Off()))).tls()).isEmpty();
  }

  @Test
  void whoCountsAndCannotBeFollowedFailsClosedWhateverTheOthersSay() {
    TlsWish invalid = new TlsWish.Invalid("it is wrong");
    Outcome failed =
        new Outcome.FailsClosed("Service a/web:80 gets no requests (500), because it is wrong");
    assertThat(http(own().withTls("t", invalid), rule().withTls("t", on("rule.test"))).outcome())
        .isEqualTo(failed);
    assertThat(httpsBy(valid(), own().withTls("t", invalid)).outcome())
        .as("overruled")
        .isInstanceOf(Outcome.Connect.class);
    assertThat(
            httpsBy(
                    new TlsPolicy.Invalid(TLS_POLICY, List.of()),
                    own().withTls("t", on("own.test")))
                .outcome())
        .isInstanceOf(Outcome.FailsClosed.class);
    assertThat(httpsBy(valid(), rule().withInvalid("spec", "it is wrong")).outcome())
        .as("as a whole")
        .isEqualTo(failed);
  }

  @Test
  void skippingVerificationNeedsTheOperatorsConsentAndNeverSurvivesATlsPolicy() {
    Wish skip = own().withTls("spec.tls.insecureSkipVerify", UNVERIFIED);
    assertThat(http(skip).outcome()).isInstanceOf(Outcome.FailsClosed.class);
    GatewaySide consents = new GatewaySide(Optional.of(GATEWAY), Optional.empty(), true);
    Hop hop = decide(consents, RouteKind.HTTP, "https", "", new TlsPolicy.None(), skip);
    assertThat(way(hop).tls().orElseThrow().insecure()).isTrue();
    assertThat(((Outcome.Connect) hop.outcome()).note()).contains("is not verified");
    Hop verified = decide(consents, RouteKind.HTTP, "", "", valid(), skip);
    assertThat(way(verified).tls()).contains(TLS);
  }

  @Test
  void theGatewaysClientCertificateIsShownOverTlsAloneAndUnlessAPolicyHasAnother() {
    GatewaySide side =
        new GatewaySide(Optional.of(GATEWAY), Optional.of(certificate("a/gw")), false);
    assertThat(way(decide(side, RouteKind.HTTP, "", "", new TlsPolicy.None())).tls()).isEmpty();
    assertThat(deciders(decide(side, RouteKind.GRPC, "", "", valid()), Question.CLIENT_CERTIFICATE))
        .isEqualTo("a/gw | Gateway a/gw spec.tls.backend.clientCertificateRef: a/gw | []");
    Wish own = own().withClientCertificate("spec.tls.clientCertificateRef", certificate("a/own"));
    Wish foreign = rule().withClientCertificate("spec.c", certificate("a/rule"));
    assertThat(
            deciders(
                decide(side, RouteKind.HTTP, "", "", valid(), foreign, own),
                Question.CLIENT_CERTIFICATE))
        .isEqualTo(
            "a/own | BackendConnectionPolicy a/w spec.tls.clientCertificateRef: a/own"
                + " | [Gateway a/gw spec.tls.backend.clientCertificateRef: a/gw]");
    assertThat(
            way(http(foreign.withTls("t", on("rule.test"))))
                .tls()
                .flatMap(UpstreamTls::clientCertificate))
        .contains(certificate("a/rule"));
  }

  @Test
  void parametersTimeoutsAndLimitsAreTakenOneByOne() {
    TlsParameters parameters =
        new TlsParameters(
            Optional.of(TlsParameters.Version.TLS_1_3),
            Optional.empty(),
            List.of(),
            List.of("http/1.1"));
    CircuitBreakers few = new CircuitBreakers(1, 2, 3);
    Hop hop =
        httpsBy(
            valid(),
            own()
                .withTlsParameters("spec.tls", parameters)
                .withTraffic(
                    TrafficWish.limits(
                        Optional.empty(),
                        Optional.of(new Said<>("i", Duration.ZERO)),
                        Optional.empty())),
            rule()
                .withTraffic(
                    TrafficWish.limits(
                        Optional.of(new Said<>("c", Duration.ofMillis(1500))),
                        Optional.of(new Said<>("i", Duration.ofSeconds(9))),
                        Optional.of(new Said<>("p", few)))));
    assertThat(way(hop).traffic().connectTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(way(hop).traffic().idleTimeout()).isEqualTo(Duration.ZERO);
    assertThat(way(hop).traffic().circuitBreakers()).isEqualTo(few);
    assertThat(way(hop).tls().orElseThrow().parameters()).isEqualTo(parameters);
    assertThat(deciders(hop, Question.ALPN))
        .isEqualTo(
            "http/1.1 | BackendConnectionPolicy a/w spec.tls: from TLSv1.3; ALPN http/1.1 | []");
    assertThat(deciders(hop, Question.IDLE_TIMEOUT))
        .isEqualTo("0s | BackendConnectionPolicy a/w i: 0s | [DestinationRule a/w i: 9s]");
  }

  @Test
  void aPolicyThatSaysOneLimitOfTlsLeavesTheOthers() {
    TlsParameters strict =
        new TlsParameters(
            Optional.of(TlsParameters.Version.TLS_1_3), Optional.empty(), List.of(), List.of());
    TlsParameters alpn =
        new TlsParameters(Optional.empty(), Optional.empty(), List.of("A"), List.of("h2"));
    Wish foreign = rule().withTls("t", on("x.test")).withTlsParameters("spec.tls", strict);
    Hop hop = http(own().withTlsParameters("spec.tls", alpn), foreign);
    assertThat(way(hop).tls().orElseThrow().parameters())
        .isEqualTo(
            new TlsParameters(
                Optional.of(TlsParameters.Version.TLS_1_3),
                Optional.empty(),
                List.of("A"),
                List.of("h2")));
    assertThat(deciders(hop, Question.TLS_PARAMETERS))
        .isEqualTo(
            "from TLSv1.3; ciphers A; ALPN h2 (also by DestinationRule a/w spec.tls: from TLSv1.3)"
                + " | BackendConnectionPolicy a/w spec.tls: ciphers A; ALPN h2 | []");
    TlsParameters old =
        new TlsParameters(
            Optional.empty(), Optional.of(TlsParameters.Version.TLS_1_2), List.of(), List.of());
    Hop crossed = http(own().withTlsParameters("spec.tls", old), foreign);
    assertThat(way(crossed).tls().orElseThrow().parameters()).isEqualTo(old);
    assertThat(deciders(crossed, Question.TLS_PARAMETERS)).endsWith("from TLSv1.3]");
  }

  @Test
  void settingsForFastCgiCountWhereTheHintAsksForIt() {
    FastCgiOptions options =
        new FastCgiOptions(
            FastCgiOptions.Parameters.INGRESS_NGINX,
            "/srv",
            Optional.of("/srv/app.php"),
            "",
            List.of(),
            List.of(),
            1);
    Hop hop =
        decide(
            RouteKind.HTTP,
            "fcgi",
            "",
            new TlsPolicy.None(),
            own().withFastCgi("spec.fastCGI", options));
    assertThat(way(hop).protocol()).isEqualTo(new UpstreamProtocol.FastCgi(options));
    assertThat(way(http(own().withFastCgi("spec.fastCGI", options))).protocol())
        .isEqualTo(new UpstreamProtocol.Http1());
  }

  @Test
  void everyCombinationIsDecidedAndSaysSo() {
    List<TlsPolicy> policies =
        List.of(
            new TlsPolicy.None(), valid(), new TlsPolicy.Invalid(TLS_POLICY, List.of(TLS_POLICY)));
    for (RouteKind route : RouteKind.values()) {
      for (String hint :
          List.of("", "http", "tcp", "h2c", "ws", "wss", "https", "fcgi", "mysql", "a.b/c")) {
        for (TlsPolicy policy : policies) {
          Hop hop = decide(route, hint, "x", policy);
          switch (hop.outcome()) {
            case Outcome.Connect(Hop.Way way, _) ->
                assertThat(way.tls().isPresent())
                    .isEqualTo(policy instanceof TlsPolicy.Valid && !route.isFixed());
            case Outcome.ConnectByScheme(_, Hop.Way https, _) ->
                assertThat(https.tls()).isPresent();
            case Outcome.UnsupportedProtocol(String message) ->
                assertThat(message).startsWith("Service a/web:80");
            case Outcome.FailsClosed(String message) ->
                assertThat(message).contains("BackendTLSPolicy a/p cannot be followed");
            case Outcome.NotFound _ -> throw new AssertionError("it is there");
          }
        }
      }
    }
  }
}
