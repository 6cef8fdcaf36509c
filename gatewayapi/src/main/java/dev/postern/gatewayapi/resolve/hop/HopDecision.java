package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resolve.hop.Claims.Claim;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.Hop.Question;
import dev.postern.gatewayapi.resolve.hop.Hop.Source;
import dev.postern.gatewayapi.resolve.hop.Hop.Step;
import dev.postern.gatewayapi.resolve.hop.Hop.Way;
import dev.postern.gatewayapi.resolve.hop.HopTable.Cell;
import dev.postern.gatewayapi.resolve.hop.HopTable.Note;
import dev.postern.gatewayapi.resolve.hop.HopTable.Reason;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.ClientCertificate;
import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.TlsParameters;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Decides one hop by [HopFacts] alone. Order of authority:
///
/// - TLS on or off, trust, SNI and names: BackendTLSPolicy, XBackend, Postern's policy, foreign
///   kinds. Who counts owns the whole question: nothing of the others is mixed in.
/// - Protocol: Postern's policy, XBackend, appProtocol, foreign kinds, the port's name, the kind of
///   route.
/// - Everything else: Postern's policy, XBackend, foreign kinds, the Gateway.
public final class HopDecision {
  /// What a FastCGI hop does where no policy says more: where PHP's images expect their scripts.
  public static final FastCgiOptions DEFAULT_FAST_CGI =
      new FastCgiOptions(
          FastCgiOptions.Parameters.STANDARD,
          "/var/www/html",
          Optional.empty(),
          "index.php",
          List.of(".php"),
          List.of(),
          FastCgiOptions.DEFAULT_MAX_SPOOLED_OCTETS);

  private final HopFacts facts;
  private final Claims<TlsWish> tls;
  private final Claims<AppProtocol> hints;
  private final TrafficDecision traffic;
  private final List<Step> trail = new ArrayList<>();

  private HopDecision(HopFacts facts) {
    this.facts = facts;
    tls = tls(facts);
    hints = hints(facts);
    traffic = new TrafficDecision(facts);
  }

  /// The decision.
  public static Hop decide(HopFacts facts) {
    HopDecision decision = new HopDecision(facts);
    Outcome outcome = decision.outcome();
    return new Hop(outcome, decision.trail);
  }

  private static Claims<TlsWish> tls(HopFacts facts) {
    Claims<TlsWish> claims = new Claims<>();
    String field = "spec.validation";
    List<ObjectRef> others = List.of();
    switch (facts.policy()) {
      case TlsPolicy.None() -> {}
      case TlsPolicy.Valid valid -> {
        UpstreamTls how = valid.tls();
        claims.add(
            new TlsWish.On(how.sni(), how.trust(), how.names()),
            new Source(Optional.of(valid.by()), field, "on"));
        others = valid.others();
      }
      case TlsPolicy.Invalid invalid -> {
        claims.add(
            new TlsWish.Invalid(invalid.why()),
            new Source(Optional.of(invalid.by()), field, "cannot be followed"));
        others = invalid.others();
      }
    }
    for (ObjectRef other : others) {
      claims.add(new TlsWish.Off(), new Source(Optional.of(other), field, "on"));
    }
    for (Authority authority :
        List.of(Authority.XBACKEND, Authority.POSTERN_POLICY, Authority.FOREIGN)) {
      claims.add(of(facts, authority), Wish::tls, HopWords::tls);
    }
    return claims;
  }

  private static Claims<AppProtocol> hints(HopFacts facts) {
    Claims<AppProtocol> claims = new Claims<>();
    claims.add(of(facts, Authority.POSTERN_POLICY), Wish::protocol, HopWords::protocol);
    claims.add(of(facts, Authority.XBACKEND), Wish::protocol, HopWords::protocol);
    facts
        .appProtocol()
        .filter(said -> AppProtocol.of(Optional.of(said.value())) != AppProtocol.UNSET)
        .ifPresent(said ->
            claims.add(
                AppProtocol.of(Optional.of(said.value())),
                new Source(Optional.of(facts.object()), said.field(), said.value())));
    claims.add(of(facts, Authority.FOREIGN), Wish::protocol, HopWords::protocol);
    facts
        .portName()
        .ifPresent(said ->
            PortName.read(said.value())
                .ifPresent(hint ->
                    claims.add(
                        hint,
                        new Source(Optional.of(facts.object()), said.field(), said.value()))));
    return claims;
  }

  private static List<Wish> of(HopFacts facts, Authority authority) {
    return facts.wishes().isEmpty()
        ? List.of()
        : facts.wishes().stream().filter(wish -> wish.authority() == authority).toList();
  }

  private Outcome outcome() {
    if (facts.route().isFixed()) {
      return fixed();
    }
    for (Wish wish : facts.wishes()) {
      if (wish.invalid().isPresent()) {
        Said<String> why = wish.invalid().get();
        step(
            Question.TLS,
            "nothing is sent",
            new Source(Optional.of(wish.by()), why.field(), "cannot be followed"),
            tls.all().stream().map(Claim::source).toList());
        return new Outcome.FailsClosed(HopWords.failsClosed(facts, why.value()));
      }
    }
    TlsState state = tls.first().map(claim -> state(claim.value())).orElse(TlsState.NONE);
    Optional<Claim<AppProtocol>> undeclared =
        state == TlsState.NONE
            ? hints.all().stream().filter(hint -> declaresTls(hint.value())).findFirst()
            : Optional.empty();
    if (undeclared.isPresent() && facts.route() != RouteKind.GRPC) {
      return refused(Reason.NEEDS_POLICY, undeclared.get());
    }
    Claim<AppProtocol> hint = hint();
    return switch (HopTable.cell(facts.route(), hint.value(), state)) {
      case Cell.Refused(Reason reason) -> refused(reason, hint);
      case Cell.FailsClosed() -> failsClosed();
      case Cell.Speak(HopTable.Version version, Note note) ->
          undeclared.isPresent()
              ? refused(Reason.NEEDS_POLICY, undeclared.get())
              : speak(version, note, hint, false);
      case Cell.SpeakByScheme(HopTable.Version version) -> speak(version, Note.NONE, hint, true);
    };
  }

  private Outcome fixed() {
    Way way = new Way(new UpstreamProtocol.Bytes(), Optional.empty(), traffic.traffic());
    step(Question.PROTOCOL, HopWords.spoken(way.protocol()), Source.byDefault(""), List.of());
    step(
        Question.TLS,
        "off",
        Source.byDefault(HopWords.withoutTls(facts.route())),
        tls.all().stream().map(Claim::source).toList());
    trail.addAll(traffic.trail());
    boolean asked = tls.first().map(claim -> state(claim.value()) != TlsState.NONE).orElse(false);
    return new Outcome.Connect(
        way, asked ? HopWords.notAround(facts, tls.first().get().source()) : "");
  }

  private static TlsState state(TlsWish wish) {
    return switch (wish) {
      case TlsWish.Off() -> TlsState.NONE;
      case TlsWish.On _ -> TlsState.VALID;
      case TlsWish.Invalid _ -> TlsState.INVALID;
    };
  }

  private static boolean declaresTls(AppProtocol hint) {
    return hint == AppProtocol.TLS || hint == AppProtocol.WEBSOCKET_TLS;
  }

  /// The first hint that says something about HTTP, or else the first at all.
  private Claim<AppProtocol> hint() {
    return hints.all().stream()
        .filter(claim -> !isIgnored(claim.value()))
        .findFirst()
        .or(hints::first)
        .orElseGet(() -> new Claim<>(AppProtocol.UNSET, Source.byDefault("")));
  }

  private static boolean isIgnored(AppProtocol hint) {
    return hint == AppProtocol.TCP || hint == AppProtocol.OTHER_DOMAIN;
  }

  private List<Source> hintsBut(Claim<AppProtocol> one) {
    return hints.all().stream()
        .filter(claim -> claim.value() != one.value())
        .map(Claim::source)
        .toList();
  }

  /// `tcp` says just what a route of bytes does.
  private boolean isBytes(AppProtocol hint) {
    return hint == AppProtocol.TCP && facts.route() == RouteKind.BYTES;
  }

  private Outcome refused(Reason reason, Claim<AppProtocol> hint) {
    step(Question.PROTOCOL, "not supported", hint.source(), hintsBut(hint));
    return new Outcome.UnsupportedProtocol(
        HopWords.refused(facts, reason, hint.value(), hint.source()));
  }

  private Outcome failsClosed() {
    Claim<TlsWish> claim = tls.first().orElseThrow();
    step(Question.TLS, "nothing is sent", claim.source(), tls.overruled());
    String why = claim.value() instanceof TlsWish.Invalid(String message) ? message : "";
    return new Outcome.FailsClosed(HopWords.failsClosed(facts, why));
  }

  private Outcome speak(
      HopTable.Version version, Note note, Claim<AppProtocol> hint, boolean byScheme) {
    Claims<FastCgiOptions> fastCgi = new Claims<>();
    for (Authority authority : Authority.values()) {
      fastCgi.add(of(facts, authority), Wish::fastCgi, HopWords::fastCgi);
    }
    Optional<UpstreamTls> how = upstreamTls();
    UpstreamProtocol protocol;
    switch (version) {
      case HTTP1 -> protocol = new UpstreamProtocol.Http1();
      case HTTP2 -> protocol = new UpstreamProtocol.Http2();
      case NEGOTIATED ->
          protocol =
              how.isPresent() ? new UpstreamProtocol.Negotiated() : new UpstreamProtocol.Http1();
      case FAST_CGI ->
          protocol =
              new UpstreamProtocol.FastCgi(
                  fastCgi.first().map(Claim::value).orElse(DEFAULT_FAST_CGI));
      case BYTES -> protocol = new UpstreamProtocol.Bytes();
      default -> throw new IllegalStateException("no such version: " + version);
    }
    if (how.isPresent() && how.get().insecure() && !facts.gateway().allowsInsecure()) {
      Source by = tls.first().orElseThrow().source();
      step(Question.TLS, "nothing is sent", by, tls.overruled());
      return new Outcome.FailsClosed(HopWords.notAllowed(facts, by));
    }
    Way way = new Way(protocol, how, traffic.traffic());
    Source decider = protocolTrail(way, note, hint);
    if (protocol instanceof UpstreamProtocol.FastCgi(FastCgiOptions options)) {
      addIfSaid(Question.FAST_CGI, HopWords.fastCgi(options), fastCgi);
    }
    tlsTrail(way, decider, byScheme);
    trail.addAll(traffic.trail());
    String words = note(way, note, hint);
    return byScheme
        ? new Outcome.ConnectByScheme(
            new Way(protocol, Optional.empty(), way.traffic()), way, words)
        : new Outcome.Connect(way, words);
  }

  private Source protocolTrail(Way way, Note note, Claim<AppProtocol> hint) {
    boolean byRoute = hints.first().isEmpty() || note != Note.NONE;
    Source decider =
        byRoute
            ? Source.byDefault(facts.route() == RouteKind.GRPC ? "gRPC is HTTP/2" : "")
            : hint.source();
    step(
        Question.PROTOCOL,
        HopWords.spoken(way.protocol()),
        decider,
        byRoute ? hints.all().stream().map(Claim::source).toList() : hintsBut(hint));
    return decider;
  }

  private String note(Way way, Note note, Claim<AppProtocol> hint) {
    List<String> notes = new ArrayList<>();
    hints.all().stream()
        .filter(claim -> isIgnored(claim.value()) && !isBytes(claim.value()))
        .map(claim ->
            HopWords.subject(facts, claim.source())
                + ", which says nothing about HTTP; "
                + HopWords.spoken(way.protocol())
                + " is spoken")
        .forEach(notes::add);
    if (note == Note.HTTP2_ALL_THE_SAME) {
      notes.add(
          HopWords.subject(facts, hint.source())
              + ", but gRPC is HTTP/2, which is spoken; appProtocol kubernetes.io/h2c would say so");
    }
    if (way.tls().map(UpstreamTls::insecure).orElse(false)) {
      notes.add(
          facts.at() + " is not verified, as " + tls.first().orElseThrow().source() + " asks");
    }
    return String.join("; ", notes);
  }

  private Optional<UpstreamTls> upstreamTls() {
    if (tls.first().isEmpty() || !(tls.first().get().value() instanceof TlsWish.On on)) {
      return Optional.empty();
    }
    return Optional.of(
        new UpstreamTls(
            on.sni(),
            on.trust(),
            on.names(),
            certificates().first().map(Claim::value),
            AgreedLimits.of(parameters()).parameters()));
  }

  /// What belongs to another's way of TLS does not count beside that of the one that counts.
  private List<Wish> speakingOfTls() {
    if (facts.wishes().isEmpty()) {
      return List.of();
    }
    Optional<ObjectRef> decider = tls.first().flatMap(claim -> claim.source().object());
    return facts.wishes().stream()
        .filter(wish ->
            wish.authority() == Authority.POSTERN_POLICY
                || decider.map(wish.by()::equals).orElse(false))
        .sorted(Comparator.comparing(Wish::authority))
        .toList();
  }

  private Claims<ClientCertificate> certificates() {
    Claims<ClientCertificate> claims = new Claims<>();
    claims.add(speakingOfTls(), Wish::clientCertificate, ClientCertificate::name);
    facts
        .gateway()
        .clientCertificate()
        .ifPresent(certificate ->
            claims.add(
                certificate,
                new Source(
                    facts.gateway().gateway(),
                    GatewaySide.CLIENT_CERTIFICATE,
                    certificate.name())));
    return claims;
  }

  private Claims<TlsParameters> parameters() {
    Claims<TlsParameters> claims = new Claims<>();
    claims.add(speakingOfTls(), Wish::tlsParameters, HopWords::parameters);
    return claims;
  }

  private void tlsTrail(Way way, Source protocol, boolean byScheme) {
    if (way.tls().isEmpty()) {
      step(
          Question.TLS,
          "off",
          tls.first().map(Claim::source).orElseGet(() -> Source.byDefault("")),
          tls.overruled());
      return;
    }
    UpstreamTls how = way.tls().get();
    Source by = tls.first().orElseThrow().source();
    step(Question.TLS, byScheme ? "on where the client's is" : "on", by, tls.overruled());
    step(Question.SNI, HopWords.sni(how), by, List.of());
    step(Question.TRUST, HopWords.trust(how.trust()), by, List.of());
    step(Question.NAMES, HopWords.names(how.names()), by, List.of());
    Claims<ClientCertificate> certificates = certificates();
    step(
        Question.CLIENT_CERTIFICATE,
        how.clientCertificate().map(ClientCertificate::name).orElse("none"),
        certificates.first().map(Claim::source).orElseGet(() -> Source.byDefault("")),
        certificates.overruled());
    AgreedLimits limits = AgreedLimits.of(parameters());
    List<String> own = how.parameters().alpnProtocols();
    List<String> alpn = own.isEmpty() ? HopWords.alpn(way.protocol()) : own;
    step(
        Question.ALPN,
        alpn.isEmpty() ? "none" : String.join(", ", alpn),
        limits.alpn().orElse(protocol),
        List.of());
    if (!limits.by().isEmpty()) {
      step(
          Question.TLS_PARAMETERS,
          HopWords.parameters(limits),
          limits.by().getFirst(),
          limits.overruled());
    }
  }

  private <T> void addIfSaid(Question question, String answer, Claims<T> claims) {
    claims.first().ifPresent(claim -> step(question, answer, claim.source(), claims.overruled()));
  }

  private void step(Question question, String answer, Source by, List<Source> overruled) {
    trail.add(new Step(question, answer, by, overruled));
  }
}
