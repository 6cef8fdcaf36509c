package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resolve.hop.AppProtocol;
import dev.postern.gatewayapi.resolve.hop.Hop;
import dev.postern.gatewayapi.resolve.hop.Hop.Outcome;
import dev.postern.gatewayapi.resolve.hop.Hop.Question;
import dev.postern.gatewayapi.resolve.hop.Hop.Step;
import dev.postern.gatewayapi.resolve.hop.HopTable;
import dev.postern.gatewayapi.resolve.hop.HopTable.Cell;
import dev.postern.gatewayapi.resolve.hop.TlsState;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Service;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import dev.postern.ir.UpstreamTls.Trust;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides for each Service port how it is reached: [HopTable] applied to the port's hint and the
/// BackendTLSPolicies that target it.
public final class Hops {
  private final Objects objects;
  private final PolicyTargets targets;
  private final PolicyValidation validation;
  private final Query<ServicePort, Hop> hops;

  Hops(Memo memo, Objects objects, PolicyTargets targets, PolicyValidation validation) {
    this.objects = objects;
    this.targets = targets;
    this.validation = validation;
    hops = memo.query(this::decide);
  }

  /// How a port is reached.
  public Hop of(ServicePort port) {
    return hops.get(port);
  }

  private Hop decide(ServicePort at) {
    Optional<Service> service = objects.find(at.service(), Service.class);
    if (service.isEmpty()) {
      return none(new Outcome.NotFound(at.service() + " does not exist"));
    }
    List<Service.Port> ports =
        service.get().ports().stream().filter(p -> p.port() == at.port()).toList();
    if (ports.isEmpty() && service.get().ports().isEmpty() && isExternalName(service.get())) {
      return decide(at, new Service.Port("", at.port(), "TCP", Optional.empty()));
    }
    if (ports.isEmpty()) {
      return none(new Outcome.NotFound(noPort(at, service.get())));
    }
    return ports.stream()
        .filter(p -> p.protocol().equals("TCP"))
        .findFirst()
        .map(port -> decide(at, port))
        .orElseGet(() ->
            none(
                new Outcome.UnsupportedProtocol(
                    at + " is a " + ports.getFirst().protocol() + " port; HTTP needs a TCP port")));
  }

  static boolean isExternalName(Service service) {
    return service.type().equals("ExternalName");
  }

  private static String noPort(ServicePort at, Service service) {
    return at.service()
        + " has no port "
        + at.port()
        + (service.ports().isEmpty()
            ? ""
            : "; it has "
                + String.join(
                    ", ", service.ports().stream().map(p -> Integer.toString(p.port())).toList()));
  }

  private static Hop none(Outcome outcome) {
    return new Hop(outcome, List.of());
  }

  private Hop decide(ServicePort at, Service.Port port) {
    List<ObjectRef> policies = targets.ofPort(at.service(), port.name());
    Optional<PolicyValidation.Judged> judged = policies.stream().findFirst().map(validation::of);
    TlsState state =
        judged
            .map(j -> j.tls().isPresent() ? TlsState.VALID : TlsState.INVALID)
            .orElse(TlsState.NONE);
    Cell cell = HopTable.httpRoute(AppProtocol.of(port.appProtocol()), state);
    Outcome outcome =
        switch (cell) {
          case Cell.Http1(boolean ignored) ->
              new Outcome.Connect(
                  new UpstreamProtocol.Http1(),
                  judged.flatMap(PolicyValidation.Judged::tls),
                  ignored ? Optional.of(ignored(at, port)) : Optional.empty());
          case Cell.NeedsPolicy() -> new Outcome.UnsupportedProtocol(needsPolicy(at, port));
          case Cell.FailsClosed() -> new Outcome.FailsClosed(failsClosed(at, policies.getFirst()));
          case Cell.NotBuilt(String what) ->
              new Outcome.UnsupportedProtocol(
                  hint(at, port) + ": this version of Postern cannot speak " + what + " yet");
          case Cell.NotHttp() ->
              new Outcome.UnsupportedProtocol(
                  hint(at, port) + ", which is not HTTP, so that an HTTPRoute cannot reach it");
        };
    return new Hop(outcome, trail(port, policies, outcome));
  }

  private static String hint(ServicePort at, Service.Port port) {
    return at + " has appProtocol " + port.appProtocol().orElse("");
  }

  private static String ignored(ServicePort at, Service.Port port) {
    return hint(at, port) + ", which says nothing about HTTP; HTTP/1.1 is spoken";
  }

  private static String needsPolicy(ServicePort at, Service.Port port) {
    return hint(at, port)
        + ", which needs TLS, but no BackendTLSPolicy targets "
        + at.service()
        + ". Create one in namespace "
        + at.service().namespace()
        + " that says which CA to trust and which name to expect.";
  }

  private static String failsClosed(ServicePort at, ObjectRef policy) {
    return at
        + " gets no requests (500), because "
        + policy
        + " cannot be followed; its status says why";
  }

  private static List<Step> trail(Service.Port port, List<ObjectRef> policies, Outcome outcome) {
    List<Step> trail = new ArrayList<>();
    String hint = port.appProtocol().map(p -> "appProtocol " + p).orElse("default");
    List<String> overruled = policies.stream().skip(1).map(ObjectRef::toString).toList();
    String policy = policies.isEmpty() ? "default" : policies.getFirst().toString();
    switch (outcome) {
      case Outcome.Connect(_, Optional<UpstreamTls> tls, Optional<String> note) -> {
        trail.add(
            new Step(
                Question.PROTOCOL,
                "HTTP/1.1",
                note.isPresent() ? "default" : hint,
                note.isPresent() ? List.of(hint) : List.of()));
        trail.add(new Step(Question.TLS, tls.isPresent() ? "on" : "off", policy, overruled));
        tls.ifPresent(t -> addTls(trail, t, policy));
      }
      case Outcome.UnsupportedProtocol _ ->
          trail.add(new Step(Question.PROTOCOL, "not supported", hint, List.of()));
      case Outcome.FailsClosed _ ->
          trail.add(new Step(Question.TLS, "nothing is sent", policy, overruled));
      case Outcome.NotFound _ -> {}
    }
    return trail;
  }

  private static void addTls(List<Step> trail, UpstreamTls tls, String policy) {
    trail.add(new Step(Question.SNI, tls.sni(), policy, List.of()));
    String trust =
        switch (tls.trust()) {
          case Trust.System() -> "the system's CAs";
          case Trust.Unverified() -> "anybody";
          case Trust.Anchors(var anchors) ->
              anchors.size() + (anchors.size() == 1 ? " certificate" : " certificates");
        };
    trail.add(new Step(Question.TRUST, trust, policy, List.of()));
    trail.add(
        new Step(
            Question.NAMES,
            String.join(
                ", ",
                tls.names().stream()
                    .map(name ->
                        switch (name) {
                          case UpstreamTls.SubjectName.Dns(String dns) -> dns;
                          case UpstreamTls.SubjectName.Uri(String uri) -> uri;
                          case UpstreamTls.SubjectName.Any() -> "any";
                        })
                    .toList()),
            policy,
            List.of()));
  }
}
