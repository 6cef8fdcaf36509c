package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * What the suite asks alike of TCPRoute and UDPRoute, with Gateways and routes of the same names.
 *
 * @param backends what the names of the backends start with
 * @param calls something that is sent to a port
 */
record RawRoute(String kind, String backends, BiFunction<Case, String, RawCall> calls) {

  StatusOf on(Case test, String route) {
    return test.status(kind, route).parent("raw");
  }

  private RawCall call(Case test, String port) {
    return calls.apply(test, port);
  }

  void isTakenByNone(Case test, String route, String gateway) {
    test.status(kind, route)
        .noAcceptedParent()
        .parent(gateway)
        .isFalse("Accepted", "NotAllowedByListeners");
    test.gateway(gateway).listener(gateway).attached(0);
  }

  void aMissingBackendIsSaid(Case test) {
    on(test, "missing").isFalse("ResolvedRefs", "BackendNotFound");
  }

  void aBackendOfAnotherNamespaceWantsAGrant(Case test) {
    on(test, "across").isTrue("Accepted").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  void aGrantHoldsAsLongAsItIsThere(Case test) {
    on(test, "across").isTrue("ResolvedRefs", "ResolvedRefs");
    call(test, "raw").reaches(backends + "-one");
    test.remove("grant.yaml");
    on(test, "across").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  void theOldestHasTheListener(Case test, int times) {
    call(test, "raw").reaches(backends + "-one");
    test.put("newer.yaml");
    on(test, "zz-older").isTrue("Accepted", "Accepted");
    on(test, "aa-newer").isTrue("Accepted", "Accepted");
    test.gateway("raw").listener("raw").isTrue("Accepted", "Accepted").supports(kind).attached(2);
    for (int i = 0; i < times; i++) {
      assertThat(call(test, "raw").send()).isEqualTo(backends + "-one");
    }
  }

  void mayHaveAllListeners(Case test) {
    on(test, "all").isTrue("Accepted", "Accepted");
    for (String listener : List.of("first", "second", "third")) {
      test.gateway("raw")
          .listener(listener)
          .allTrue("Accepted", "ResolvedRefs")
          .supports(kind)
          .attached(1);
      call(test, listener).reaches(backends + "-one");
    }
  }

  void mayChooseAListenerByPortAndName(Case test) {
    for (String route : List.of("by-port", "by-section", "by-both")) {
      on(test, route).isTrue("Accepted", "Accepted");
    }
    call(test, "first").reaches(backends + "-one");
    call(test, "second").reaches(backends + "-two");
    call(test, "third").reaches(backends + "-three");
  }

  void givesEveryBackendItsShare(Case test) {
    on(test, "weights").allTrue("Accepted", "ResolvedRefs");
    Case.settles(() -> assertThat(call(test, "raw").send()).startsWith(backends + "-"));
    Distribution.of(
        () -> call(test, "raw").send(),
        Map.of(backends + "-one", 0.7, backends + "-two", 0.3, backends + "-three", 0.0));
  }
}
