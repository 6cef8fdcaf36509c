package dev.postern.e2e.conformance;

import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class CertificatesIT {
  private static final Integer[] FAILURE = {500, 502, 503};

  @Upstream("GatewayFrontendClientCertificateValidation")
  void clientsShowACertificate(Case test) {
    first(test).showing(test.certificates("client")).reaches("one");
    first(test).showing(test.certificates("other-client")).isRefused();
    second(test).showing(test.certificates("other-client")).reaches("two");
    second(test).showing(test.certificates("client")).isRefused();
  }

  @Upstream("GatewayFrontendClientCertificateValidationInsecureFallback")
  void clientsMayShowAnythingWhereTheOperatorSaysSo(Case test) {
    test.gateway("clients").isTrue("InsecureFrontendValidationMode", "ConfigurationChanged");
    for (String client : List.of("client", "other-client")) {
      first(test).showing(test.certificates(client)).reaches("one");
      second(test).showing(test.certificates(client)).reaches("two");
    }
    first(test).reaches("one");
    second(test).reaches("two");
  }

  private static HttpCall first(Case test) {
    return test.get("/").on("a").tls("example.org");
  }

  private static HttpCall second(Case test) {
    return test.get("/").on("b").tls("second.example.org");
  }

  @Upstream("GatewayFrontendInvalidDefaultClientCertificateValidation")
  void whatIsWrongForTlsLeavesHttpAlone(Case test) {
    test.gateway("clients").listener("http").allTrue("Accepted", "ResolvedRefs", "Programmed");
    test.get("/").on("b").host("example.org").reaches("one");
    notValid(test, "https", "InvalidCACertificateRef");
    first(test).isRefused();
  }

  @Upstream("GatewayInvalidFrontendClientCertificateValidation")
  void oneListenersTrustIsNotAnothers(Case test) {
    test.gateway("clients").listener("good").allTrue("Accepted", "ResolvedRefs", "Programmed");
    notValid(test, "missing", "InvalidCACertificateRef");
    notValid(test, "kind", "InvalidCACertificateKind");
    notValid(test, "grant", "RefNotPermitted");
  }

  private static void notValid(Case test, String listener, String reason) {
    test.gateway("clients")
        .listener(listener)
        .isFalse("ResolvedRefs", reason)
        .isFalse("Accepted", "NoValidCACertificate")
        .isFalse("Programmed");
  }

  @Upstream("GatewayInvalidTLSBackendConfiguration")
  void aGatewaysOwnClientCertificateMustBeThere(Case test) {
    for (String gateway : List.of("missing", "group", "kind", "empty", "grant")) {
      test.gateway(gateway)
          .isFalse(
              "ResolvedRefs",
              gateway.equals("grant") ? "RefNotPermitted" : "InvalidClientCertificateRef")
          .isTrue("Accepted", "Accepted");
    }
  }

  @Upstream("GatewayTLSBackendClientCertificate")
  void aGatewayShowsItsCertificateToBackends(Case test) {
    test.policy("verified").ancestor("shows").isTrue("Accepted");
    test.gateway("shows").isTrue("ResolvedRefs", "ResolvedRefs");
    test.get("/")
        .on("a")
        .host("abc.test")
        .seesServerName("abc.test")
        .seesClientCertificate(test.certificates("client"))
        .reaches("tls-one");
  }

  private static HttpCall secure(Case test, String path) {
    return test.get("/" + path).host("abc.test");
  }

  private static void valid(Case test, String policy, String gateway) {
    test.policy(policy)
        .ancestor(gateway)
        .isTrue("Accepted", "Accepted")
        .isTrue("ResolvedRefs", "ResolvedRefs");
  }

  private static void invalid(Case test, String policy, String reason) {
    test.policy(policy)
        .ancestor("same")
        .isFalse("Accepted", "NoValidCACertificate")
        .isFalse("ResolvedRefs", reason);
  }

  @Upstream("BackendTLSPolicy")
  void aBackendIsVerified(Case test) {
    valid(test, "good", "tls");
    test.get("/good").on("https").tls("example.org").seesServerName("abc.test").reaches("tls-one");
    valid(test, "good", "same");
    secure(test, "good").seesHost("abc.test").seesServerName("abc.test").reaches("tls-one");
    valid(test, "host-mismatch", "same");
    secure(test, "host-mismatch").answers(FAILURE);
    valid(test, "ca-mismatch", "same");
    secure(test, "ca-mismatch").answers(FAILURE);

    valid(test, "reconcile", "same");
    test.let("trust", "own").again("reconcile.yaml");
    invalid(test, "reconcile", "InvalidCACertificateRef");
    test.put("own.yaml");
    valid(test, "reconcile", "same");
    test.remove("own.yaml").put("own-empty.yaml");
    invalid(test, "reconcile", "InvalidCACertificateRef");
    test.remove("own-empty.yaml").put("own.yaml");
    valid(test, "reconcile", "same");
  }

  @Upstream("BackendTLSPolicySANValidation")
  void aBackendIsKnownByItsAlternativeNames(Case test) {
    for (String name : List.of("dns", "uri", "several")) {
      test.policy(name).ancestor("same").isTrue("Accepted", "Accepted");
      secure(test, name).seesServerName("abc.test").reaches("tls-one");
      test.policy(name + "-mismatch").ancestor("same").isTrue("Accepted", "Accepted");
      secure(test, name + "-mismatch").answers(FAILURE);
    }
  }

  @Upstream("BackendTLSPolicyConflictResolution")
  void theFirstPolicyWinsAndThePortsOwnGoesBefore(Case test) {
    for (String target : List.of("whole", "section")) {
      test.policy(target + "-1").ancestor("same").isTrue("Accepted", "Accepted");
      test.policy(target + "-2").ancestor("same").isFalse("Accepted", "Conflicted");
      secure(test, target).seesServerName("other.test").reaches("tls-one");
    }
    test.policy("mixed-section").ancestor("same").isTrue("Accepted", "Accepted");
    test.policy("mixed-whole").ancestor("same").isTrue("Accepted", "Accepted");
    secure(test, "mixed").seesServerName("other.test").reaches("tls-one");
    secure(test, "mixed-whole").seesServerName("abc.test").reaches("tls-one");
  }

  @Upstream("BackendTLSPolicyInvalidCACertificateRef")
  void withoutTrustThereIsNoHop(Case test) {
    for (String name : List.of("missing", "malformed")) {
      invalid(test, name, "InvalidCACertificateRef");
      secure(test, name).answers(FAILURE);
    }
  }

  @Upstream("BackendTLSPolicyInvalidKind")
  void trustOfUnknownKindIsNone(Case test) {
    invalid(test, "kind", "InvalidKind");
    secure(test, "kind").answers(FAILURE);
  }

  @Upstream("BackendTLSPolicyObservedGenerationBump")
  void conditionsAreAboutTheLatestGeneration(Case test) {
    test.policy("bump").ancestor("same").isTrue("Accepted").observed(1);
    test.let("generation", "2").let("hostname", "foo.test").again("policy.yaml");
    test.policy("bump").ancestor("same").isTrue("Accepted").observed(2);
  }
}
