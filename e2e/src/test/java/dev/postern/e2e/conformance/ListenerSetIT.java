package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class ListenerSetIT {

  private static StatusOf set(Case test, String suffix, String name) {
    return test.status("ListenerSet", suffix, name);
  }

  private static void attachedSets(Case test, int count) {
    test.gateway("parent").isTrue("Accepted").says("attachedListenerSets", String.valueOf(count));
  }

  private static void refused(StatusOf set, String reason) {
    set.isFalse("Accepted", reason).isFalse("Programmed", reason);
  }

  private static StatusOf served(StatusOf listener) {
    return listener.allTrue("Accepted", "ResolvedRefs", "Programmed");
  }

  @Upstream("ListenerSetAllowedNamespaceNone")
  void noneMayBeAllowed(Case test) {
    attachedSets(test, 0);
    refused(set(test, "", "refused"), "NotAllowed");
  }

  @Upstream("ListenerSetDefaultNotAllowed")
  void noneIsAllowedUnlessSaid(Case test) {
    attachedSets(test, 0);
    refused(set(test, "", "refused"), "NotAllowed");
  }

  @Upstream("ListenerSetAllowedNamespaceSame")
  void thoseOfTheGatewaysNamespaceMayBeAllowed(Case test) {
    allowed(test, "", "same", "-web");
  }

  @Upstream("ListenerSetAllowedNamespaceSelector")
  void thoseOfSelectedNamespacesMayBeAllowed(Case test) {
    allowed(test, "-web", "selected", "-x");
  }

  private static void allowed(Case test, String suffix, String name, String elsewhere) {
    attachedSets(test, 1);
    set(test, suffix, name).isTrue("Accepted", "Accepted").isTrue("Programmed", "Programmed");
    served(set(test, suffix, name).listener("more"));
    refused(set(test, elsewhere, "elsewhere"), "NotAllowed");
  }

  private static void counted(Case test, String suffix, String set, String listener, int routes) {
    served(set(test, suffix, set).listener(listener)).supports("HTTPRoute").attached(routes);
  }

  private static HttpCall ask(Case test, String host, String path) {
    return test.get(path).on("ls").host(host);
  }

  @Upstream("ListenerSetAllowedRoutesNamespaces")
  void itsListenersChooseRoutesByNamespace(Case test) {
    attachedSets(test, 2);
    test.route("same").parent("set").isTrue("Accepted");
    test.status("HTTPRoute", "-web", "selected").parent("set").isTrue("Accepted");
    test.status("HTTPRoute", "-x", "other").parent("set").isTrue("Accepted");
    counted(test, "", "set", "all", 3);
    counted(test, "", "set", "same", 1);
    counted(test, "", "set", "selected", 1);
    ask(test, "all.test", "/same").reaches("one");
    ask(test, "all.test", "/selected").reaches("two");
    ask(test, "all.test", "/other").reaches("three");
    ask(test, "same.test", "/same").reaches("one");
    ask(test, "same.test", "/selected").answers(404);
    ask(test, "same.test", "/other").answers(404);
    ask(test, "selected.test", "/same").answers(404);
    ask(test, "selected.test", "/selected").reaches("two");
    ask(test, "selected.test", "/other").answers(404);
    // The set's own namespace counts, not its Gateway's.
    test.status("HTTPRoute", "-web", "beside").parent("across").isTrue("Accepted");
    test.route("of-gateway").parent("across").isFalse("Accepted", "NotAllowedByListeners");
    counted(test, "-web", "across", "same", 1);
    ask(test, "across.test", "/beside").reaches("one");
    ask(test, "across.test", "/of-gateway").answers(404);
  }

  @Upstream("ListenerSetAllowedRoutesSupportedKinds")
  void aKindThatDoesNotFitIsNoted(Case test) {
    test.gateway("parent").isTrue("Accepted");
    set(test, "", "set").listener("tls").isFalse("ResolvedRefs", "InvalidRouteKinds");
  }

  @Upstream("ListenerSetDualParentRefIndependence")
  void aRoutesParentsAreJudgedEachForItself(Case test) {
    attachedSets(test, 1);
    counted(test, "", "set", "more", 2);
    test.route("both").parent("Gateway", "parent").isTrue("Accepted");
    test.route("both").parent("ListenerSet", "set").isTrue("Accepted");
    ask(test, "own.test", "/both").reaches("one");
    ask(test, "more.test", "/both").reaches("one");
    test.route("half").parent("Gateway", "parent").isFalse("Accepted", "NoMatchingParent");
    test.route("half").parent("ListenerSet", "set").isTrue("Accepted");
    ask(test, "more.test", "/half").reaches("two");
    ask(test, "own.test", "/half").answers(404);
  }

  @Upstream("ListenerSetGatewayParentSectionNameNotFound")
  void aSetsListenerIsNoneOfTheGateways(Case test) {
    attachedSets(test, 1);
    test.route("by-set").parent("ListenerSet", "set").isTrue("Accepted");
    test.route("by-gateway").parent("Gateway", "parent").isFalse("Accepted", "NoMatchingParent");
    ask(test, "more.test", "/good").reaches("one");
    ask(test, "own.test", "/bad").answers(404);
  }

  @Upstream("ListenerSetRouteStatusScopedToParentRef")
  void aRouteSaysNothingOfParentsThatItDidNotName(Case test) {
    attachedSets(test, 1);
    counted(test, "", "set", "more", 1);
    onlyParent(test, "of-gateway", "Gateway", "parent");
    onlyParent(test, "of-set", "ListenerSet", "set");
  }

  private static void onlyParent(Case test, String route, String kind, String parent) {
    test.route(route).parent(kind, parent).isTrue("Accepted");
    assertThat(test.route(route).parts("parents")).hasSize(1);
  }

  @Upstream("ListenerSetHostnameConflict")
  void theFirstHasTheHostname(Case test) {
    conflicts(test, "HostnameConflict");
  }

  @Upstream("ListenerSetProtocolConflict")
  void theFirstHasThePort(Case test) {
    conflicts(test, "ProtocolConflict");
  }

  /** The Gateway's listeners go before those of sets, and sets by name. */
  private static void conflicts(Case test, String reason) {
    served(test.gateway("parent").listener("own"));
    served(test.gateway("parent").listener("taken"));
    attachedSets(test, 2);
    for (String some : List.of("a-gateway-some", "c-set-some")) {
      set(test, "", some).isTrue("Accepted").isTrue("Programmed", "Programmed");
    }
    served(set(test, "", "a-gateway-some").listener("free"));
    served(set(test, "", "a-gateway-some").listener("first"));
    served(set(test, "", "c-set-some").listener("free-too"));
    Map.of(
            "a-gateway-some", "taken",
            "b-gateway-none", "taken",
            "c-set-some", "first",
            "d-set-none", "first")
        .forEach((set, listener) ->
            set(test, "", set)
                .listener(listener)
                .isFalse("Accepted", reason)
                .isFalse("Programmed", reason)
                .isTrue("Conflicted", reason));
    for (String none : List.of("b-gateway-none", "d-set-none")) {
      refused(set(test, "", none), "ListenersNotValid");
    }
  }

  @Upstream("ListenerSetReferenceGrant")
  void aSetWantsAGrantOfItsOwn(Case test) {
    test.gateway("parent").isTrue("Accepted");
    set(test, "", "granted").allTrue("Accepted", "Programmed");
    set(test, "", "granted").listener("more").isTrue("ResolvedRefs");
    refused(set(test, "-x", "refused"), "ListenersNotValid");
    set(test, "-x", "refused").listener("most").isFalse("ResolvedRefs", "RefNotPermitted");
  }

  @Upstream("ListenerSetHTTPRouting")
  void aRouteIsServedByTheListenersOfItsParents(Case test) {
    attachedSets(test, 2);
    counted(test, "", "a", "a-1", 3);
    counted(test, "", "a", "a-2", 2);
    counted(test, "", "b", "b-1", 2);
    counted(test, "", "b", "b-2", 2);
    List<String> all = List.of("own-1", "own-2", "a-1", "a-2", "b-1", "b-2");
    only(test, "/everywhere", "one", all, all);
    only(test, "/gateway", "two", all, List.of("own-1", "own-2"));
    only(test, "/own-1", "three", all, List.of("own-1"));
    only(test, "/set-a", "two", all, List.of("a-1", "a-2"));
    only(test, "/only-a-1", "three", all, List.of("a-1"));
    only(test, "/set-b", "two", all, List.of("b-1", "b-2"));
  }

  private static void only(
      Case test, String path, String backend, List<String> all, List<String> these) {
    for (String listener : all) {
      HttpCall call = ask(test, listener + ".test", path);
      if (these.contains(listener)) {
        call.reaches(backend);
      } else {
        call.answers(404);
      }
    }
  }
}
