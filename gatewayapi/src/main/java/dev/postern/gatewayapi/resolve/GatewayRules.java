package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.memo.Memo;
import dev.postern.gatewayapi.memo.Query;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.ir.DownstreamTls;
import dev.postern.ir.TlsParameters;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Judges Gateways and their listeners (Gateway API, Gateway.spec).
public final class GatewayRules {
  /// Where a Gateway without addresses listens.
  static final String EVERYWHERE = "0.0.0.0";

  static final String EVERYWHERE_IPV6 = "::";

  private final Objects objects;
  private final ClassRules classes;
  private final ListenerCertificates certificates;
  private final FrontendValidation frontend;
  private final ListenerSets sets;
  private final PortClaims claims;
  private final Query<ObjectRef, Optional<Draft>> drafts;
  private final Query<ObjectRef, Optional<JudgedGateway>> judged;

  GatewayRules(
      Memo memo,
      Objects objects,
      ClassRules classes,
      ListenerCertificates certificates,
      FrontendValidation frontend,
      ListenerSets sets) {
    this.objects = objects;
    this.classes = classes;
    this.certificates = certificates;
    this.frontend = frontend;
    this.sets = sets;
    drafts = memo.query(this::draft);
    claims = new PortClaims(memo, objects, this);
    judged = memo.query(this::judge);
  }

  /// A Gateway judged by its own spec and its ListenerSets alone: neither by its other references
  /// nor by other Gateways.
  ///
  /// @param addresses those that need a socket
  /// @param unsupportedAddress what else spec.addresses asks for, beside `addresses`
  record Draft(
      Optional<Refusal> refused,
      List<String> addresses,
      Optional<Refusal> unsupportedAddress,
      List<DraftListener> listeners) {}

  /// @param owner the Gateway, or the ListenerSet that brings it
  record DraftListener(
      ObjectRef owner,
      Gateway.Listener spec,
      List<Kind> routeKinds,
      Optional<Refusal> refused,
      Optional<Refusal> conflict,
      Optional<Refusal> overlap) {}

  /// The judgement; absent where there is no such Gateway or it is not ours.
  public Optional<JudgedGateway> judgement(ObjectRef ref) {
    return judged.get(ref);
  }

  /// What a route that attaches needs to know; changes less often than the whole.
  Optional<Draft> draftOf(ObjectRef ref) {
    return drafts.get(ref);
  }

  static boolean isHttps(Gateway.Listener listener) {
    return listener.protocol().equals("HTTPS");
  }

  private Optional<Draft> draft(ObjectRef ref) {
    Optional<Gateway> found = objects.find(ref, Gateway.class);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Gateway gateway = found.get();
    return switch (classes.standing(gateway.gatewayClassName())) {
      case ClassRules.Standing.Ours() -> Optional.of(draft(gateway, refusal(gateway)));
      case ClassRules.Standing.OursRefused(Refusal why) ->
          Optional.of(draft(gateway, Optional.of(why)));
      case ClassRules.Standing.Foreign _, ClassRules.Standing.Missing _ -> Optional.empty();
    };
  }

  private Draft draft(Gateway gateway, Optional<Refusal> refused) {
    List<String> addresses =
        gateway.addresses().stream()
            .filter(address -> unsupported(address).isEmpty())
            .map(address -> address.value().isEmpty() ? EVERYWHERE : address.value())
            .distinct()
            .toList();
    List<ListenerRules.Owned> listeners = new ArrayList<>();
    gateway
        .listeners()
        .forEach(listener -> listeners.add(new ListenerRules.Owned(gateway.ref(), listener)));
    for (ListenerSet set : sets.of(gateway)) {
      set.listeners()
          .forEach(listener -> listeners.add(new ListenerRules.Owned(set.ref(), listener)));
    }
    return new Draft(
        refused,
        gateway.addresses().isEmpty() ? List.of(EVERYWHERE) : widest(addresses),
        unsupportedAddress(gateway),
        ListenerRules.judge(listeners));
  }

  /// A socket of all addresses leaves its port to no other, and that of all of IPv6 takes IPv4,
  /// too.
  private static List<String> widest(List<String> addresses) {
    if (addresses.contains(EVERYWHERE_IPV6)) {
      return List.of(EVERYWHERE_IPV6);
    }
    return addresses.contains(EVERYWHERE)
        ? addresses.stream().filter(a -> a.equals(EVERYWHERE) || a.contains(":")).toList()
        : addresses;
  }

  /// Why the Gateway as a whole cannot be accepted.
  private static Optional<Refusal> refusal(Gateway gateway) {
    if (gateway.parametersRef().isPresent()) {
      return Optional.of(ClassRules.parametersRef(gateway.parametersRef().get().kind()));
    }
    if (!gateway.unsupported().isEmpty()) {
      return Optional.of(new Refusal("Invalid", notBuilt(gateway.unsupported())));
    }
    return gateway.addresses().stream().allMatch(address -> unsupported(address).isPresent())
        ? unsupportedAddress(gateway)
        : Optional.empty();
  }

  private static Optional<Refusal> unsupportedAddress(Gateway gateway) {
    return Refusal.merge(
        gateway.addresses().stream().flatMap(address -> unsupported(address).stream()).toList());
  }

  private static Optional<Refusal> unsupported(Gateway.Address address) {
    if (!address.type().equals("IPAddress")) {
      return Optional.of(
          new Refusal(
              "UnsupportedAddress",
              "address type "
                  + address.type()
                  + " is not supported; give an IPAddress or leave spec.addresses out"));
    }
    return address.value().isEmpty() || isIpAddress(address.value())
        ? Optional.empty()
        : Optional.of(
            new Refusal("UnsupportedAddress", "\"" + address.value() + "\" is not an IP address"));
  }

  static String notBuilt(List<String> fields) {
    return String.join(", ", fields)
        + (fields.size() == 1 ? " is" : " are")
        + " not supported by this version of Postern. Remove "
        + (fields.size() == 1 ? "it." : "them.");
  }

  private static boolean isIpAddress(String text) {
    try {
      return !InetAddress.ofLiteral(text).getHostAddress().isEmpty();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private Optional<JudgedGateway> judge(ObjectRef ref) {
    return drafts
        .get(ref)
        .map(draft ->
            new JudgedGateway(
                ref,
                draft.refused(),
                draft.addresses(),
                draft.unsupportedAddress(),
                OverlappingCertificates.marked(
                    draft.listeners().stream().map(listener -> judge(ref, listener)).toList())));
  }

  private JudgedGateway.Listener judge(ObjectRef gateway, DraftListener draft) {
    Gateway.Listener spec = draft.spec();
    ListenerCertificates.Found found = certificates.of(draft.owner(), spec);
    FrontendValidation.Found clients = frontend.of(gateway, spec);
    Optional<Refusal> refused =
        draft
            .refused()
            .or(clients::refused)
            .or(() ->
                ListenerProtocol.of(spec)
                    .flatMap(protocol -> claims.lost(gateway, spec.port(), protocol.transport())));
    Optional<DownstreamTls> tls =
        found.usable().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new DownstreamTls(
                    found.usable(),
                    isHttps(spec) ? DownstreamTls.HTTP_ALPN : List.of(),
                    spec.tls()
                        .map(asked -> TlsOptions.of(asked.options()).parameters())
                        .orElse(TlsParameters.DEFAULT),
                    clients.validation()));
    return new JudgedGateway.Listener(
        draft.owner(),
        spec,
        draft.routeKinds(),
        refused,
        draft.conflict(),
        Refusal.merge(
            Stream.of(ListenerRules.invalidRouteKinds(spec), clients.problem(), found.problem())
                .flatMap(Optional::stream)
                .toList()),
        draft.overlap(),
        tls);
  }
}
