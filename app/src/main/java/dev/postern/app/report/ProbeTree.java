package dev.postern.app.report;

import dev.postern.app.probe.Advice;
import dev.postern.app.probe.CertificateText;
import dev.postern.app.probe.Probed.Reached;
import dev.postern.app.probe.Spoken;
import dev.postern.app.probe.TlsSeen;
import dev.postern.app.probe.Trusts;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a probe found and advises, as maps and lists.
public final class ProbeTree {
  private ProbeTree() {}

  /// @param target as it was typed
  public static Map<String, Object> of(
      String target, Reached reached, Optional<Trusts> trusts, Advice advice) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("target", target);
    tree.put("reached", true);
    tree.put("address", reached.address().getAddress().getHostAddress());
    tree.put("known", reached.isKnown());
    if (!reached.banner().isEmpty()) {
      tree.put("banner", reached.banner());
    }
    reached.tls().ifPresent(tls -> tree.put("tls", tls(tls, reached.secure(), trusts)));
    tree.put("plaintext", spoken(reached.plain()));
    tree.put("appProtocol", advice.appProtocol());
    tree.put(
        "steps",
        advice.steps().stream()
            .map(step ->
                Map.of("severity", step.warning() ? "warning" : "note", "message", step.text()))
            .toList());
    advice.patch().ifPresent(patch -> tree.put("patch", patch));
    tree.put("manifests", advice.objects());
    return tree;
  }

  /// Of a backend that could not be reached.
  public static Map<String, Object> unreachable(String target, String problem, String whatToDo) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("target", target);
    tree.put("reached", false);
    tree.put("problem", problem);
    tree.put("whatToDo", whatToDo);
    return tree;
  }

  private static Map<String, Object> tls(TlsSeen tls, Spoken spoken, Optional<Trusts> trusts) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("versions", tls.versions());
    tree.put("cipher", tls.cipher());
    tree.put("alpn", tls.alpn());
    tree.put("alpnAccepted", tls.alpnAccepted());
    tree.put(
        "clientCertificate",
        tls.clientCertificate().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    tls.trouble().ifPresent(trouble -> tree.put("trouble", trouble));
    tree.put("chain", tls.chain().stream().map(ProbeTree::certificate).toList());
    trusts.ifPresent(judged -> {
      tree.put("names", judged.names().all());
      tree.put("hostname", judged.hostname());
      tree.put("verifiedBy", judged.judged().stream().map(ProbeTree::judged).toList());
    });
    tree.putAll(spoken(spoken));
    return tree;
  }

  private static Map<String, Object> certificate(X509Certificate certificate) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("subject", CertificateText.subject(certificate));
    tree.put("issuer", CertificateText.issuer(certificate));
    tree.put("selfSigned", CertificateText.isSelfSigned(certificate));
    tree.put("notBefore", certificate.getNotBefore().toInstant().toString());
    tree.put("notAfter", certificate.getNotAfter().toInstant().toString());
    tree.put("key", CertificateText.key(certificate));
    tree.put("sha256", CertificateText.fingerprint(certificate));
    return tree;
  }

  private static Map<String, Object> judged(Trusts.Judged judged) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("who", judged.source().name().toLowerCase(Locale.ROOT));
    tree.put("verifies", judged.verifies());
    if (!judged.verifies()) {
      tree.put("objection", judged.objection());
    }
    return tree;
  }

  private static Map<String, Object> spoken(Spoken spoken) {
    var tree = new LinkedHashMap<String, Object>();
    spoken.http1().ifPresent(answer -> tree.put("http1", "HTTP/" + answer.version()));
    tree.put("http2", spoken.http2());
    spoken
        .grpc()
        .ifPresent(grpc ->
            tree.put(
                "grpc",
                Map.of(
                    "status", grpc.status(),
                    "health", grpc.health(),
                    "services", grpc.services())));
    tree.put("webSocket", spoken.webSocket().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    tree.put("fastCgi", spoken.fastCgi());
    return tree;
  }
}
