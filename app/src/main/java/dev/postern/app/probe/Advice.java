package dev.postern.app.probe;

import dev.postern.app.probe.HttpAnswer.WebSocket;
import dev.postern.app.probe.Probed.Reached;
import dev.postern.app.probe.TlsSeen.ClientCertificate;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to write for a backend, so that Postern reaches it as it wants to be reached
/// (docs/backend-protocols.md has the table this follows).
///
/// @param appProtocol empty where nothing is known
/// @param objects manifests, ready to apply; none where nothing could be verified
/// @param patch of a Service that exists, as a command
/// @param steps what a person has to know or to do besides
public record Advice(
    String appProtocol,
    List<Map<String, Object>> objects,
    Optional<String> patch,
    List<Step> steps) {

  /// @param warning whether traffic is wrong or at risk until it is done
  public record Step(boolean warning, String text) {}

  /// @param trusts absent where no certificate was shown
  /// @param refused why a handshake by these trusts failed, if it did
  public static Advice of(
      ProbeTarget target,
      WantedService service,
      Reached reached,
      Optional<Trusts> trusts,
      Optional<String> refused,
      Instant now) {
    List<Step> steps = new ArrayList<>();
    reached.notes().forEach(note -> steps.add(new Step(true, note)));
    refused.ifPresent(
        why -> steps.add(new Step(true, "a handshake by the policy below failed: " + why)));
    if (!reached.isKnown()) {
      steps.add(
          new Step(
              false,
              "if it should be reached as it is, a TCPRoute passes its octets on; a Service's port"
                  + " with appProtocol tcp says so"));
      return new Advice("", List.of(), Optional.empty(), steps);
    }
    Manifests manifests = new Manifests(service);
    List<Map<String, Object>> policies =
        reached.tls().isPresent()
            ? policies(manifests, target, reached.tls().get(), trusts, now, steps)
            : List.of();
    String appProtocol =
        reached.tls().isPresent() ? overTls(reached.secure()) : inPlaintext(reached.plain());
    if (reached.tls().isPresent() && policies.isEmpty()) {
      return new Advice(appProtocol, List.of(), Optional.empty(), steps);
    }
    List<Map<String, Object>> objects = new ArrayList<>();
    if (!service.exists()) {
      objects.addAll(made(manifests, target, reached, appProtocol, steps));
    }
    objects.addAll(policies);
    return new Advice(
        appProtocol,
        objects,
        service.exists() ? Optional.of(manifests.patch(appProtocol)) : Optional.empty(),
        steps);
  }

  private static String overTls(Spoken spoken) {
    if (spoken.fastCgi()) {
      return "postern.dev/fcgi";
    }
    return spoken.webSocket() == WebSocket.TAKEN && !spoken.http2() ? "kubernetes.io/wss" : "https";
  }

  private static String inPlaintext(Spoken spoken) {
    if (spoken.fastCgi()) {
      return "postern.dev/fcgi";
    }
    if (spoken.grpc().isPresent() || spoken.http1().isEmpty()) {
      return "kubernetes.io/h2c";
    }
    return spoken.webSocket() == WebSocket.TAKEN ? "kubernetes.io/ws" : "http";
  }

  private static List<Map<String, Object>> made(
      Manifests manifests,
      ProbeTarget target,
      Reached reached,
      String appProtocol,
      List<Step> steps) {
    String port =
        switch (appProtocol) {
          case "postern.dev/fcgi" -> "fcgi";
          case "kubernetes.io/h2c" -> "h2c";
          case "kubernetes.io/ws", "kubernetes.io/wss" -> "ws";
          default -> appProtocol;
        };
    InetSocketAddress address = reached.address();
    boolean loopback = address.getAddress().isLoopbackAddress();
    if (loopback) {
      steps.add(
          new Step(
              false,
              "in a cluster "
                  + address.getAddress().getHostAddress()
                  + " is the gateway's own Pod: name the Service that this backend has there with"
                  + " --service NAMESPACE/NAME:PORT"));
    }
    boolean unnameable = !target.isAddress() && !PresentedNames.isHost(target.hostName());
    if (unnameable) {
      steps.add(
          new Step(
              false,
              PeerText.clean(target.hostName())
                  + " cannot be a Service's externalName, so the address that it has now is written:"
                  + " change it when the backend moves"));
    }
    if (target.isAddress() || loopback || unnameable) {
      return List.of(manifests.service(appProtocol, port, ""), manifests.endpoints(port, address));
    }
    return List.of(manifests.service(appProtocol, port, target.hostName()));
  }

  /// Empty where no policy would let traffic through.
  private static List<Map<String, Object>> policies(
      Manifests manifests,
      ProbeTarget target,
      TlsSeen tls,
      Optional<Trusts> trusts,
      Instant now,
      List<Step> steps) {
    if (trusts.isEmpty()) {
      String trouble = tls.trouble().orElse("it has none");
      steps.add(
          new Step(
              true,
              "it speaks TLS, yet showed no certificate ("
                  + trouble
                  + "): "
                  + (trouble.contains("protocol_version")
                      ? "upgrade it, as Postern speaks TLS 1.0 to 1.3 and nothing older"
                      : "ask it for a name that it serves, with --sni NAME")));
      return List.of();
    }
    steps.addAll(CertificateSteps.of(tls, trusts.get(), target.serverName(), now));
    Optional<Trusts.Judged> chosen = trusts.get().chosen();
    if (chosen.isEmpty() || (trusts.get().hostname().isEmpty() && trusts.get().uri().isEmpty())) {
      return List.of();
    }
    List<Map<String, Object>> policies = new ArrayList<>();
    chosen.get().anchor().ifPresent(anchor -> policies.add(manifests.authority(anchor)));
    policies.add(manifests.tlsPolicy(trusts.get(), chosen.get()));
    boolean demanded = tls.clientCertificate() == ClientCertificate.DEMANDED;
    if (demanded) {
      steps.add(
          new Step(
              true,
              "it demands a client certificate: put one that it trusts into the Secret "
                  + manifests.clientName()
                  + " (kubectl create secret tls "
                  + manifests.clientName()
                  + " --cert=FILE --key=FILE), which the BackendConnectionPolicy names; what it"
                  + " speaks behind it is not known"));
    }
    if (!tls.isModern() && !tls.versions().isEmpty()) {
      steps.add(
          new Step(
              true,
              "it speaks nothing newer than TLS 1.1, which is broken: upgrade the backend, and"
                  + " remove the minVersion then"));
    }
    String minVersion = tls.isModern() || tls.versions().isEmpty() ? "" : "1.0";
    if (demanded || !minVersion.isEmpty()) {
      policies.add(manifests.connectionPolicy(demanded, minVersion));
    }
    return policies;
  }
}
