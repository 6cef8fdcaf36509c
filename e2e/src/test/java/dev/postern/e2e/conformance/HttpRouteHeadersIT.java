package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.RawResponse;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteHeadersIT {

  @Upstream("HTTPRouteRequestHeaderModifier")
  void aRuleChangesTheRequestsHeaders(Case test) {
    requestHeaders(test);
  }

  @Upstream("HTTPRouteBackendRequestHeaderModifier")
  void aBackendRefChangesTheRequestsHeaders(Case test) {
    requestHeaders(test);
  }

  private static void requestHeaders(Case test) {
    test.get("/set").with("Other", "val").sees("Other", "val").sees("X-Set", "new").reaches("one");
    test.get("/set").with("X-Set", "old").sees("X-Set", "new").reaches("one");
    test.get("/add").with("Other", "val").sees("Other", "val").sees("X-Add", "more").reaches("one");
    test.get("/add").with("X-Add", "some").sees("X-Add", "some,more").reaches("one");
    test.get("/remove").with("X-Remove", "val").seesNo("X-Remove").reaches("one");
    test.get("/many")
        .with("X-Set-2", "old")
        .with("X-Add-2", "some")
        .with("X-Remove-2", "val")
        .with("Other", "val")
        .sees("X-Set-1", "set-1")
        .sees("X-Set-2", "set-2")
        .sees("X-Add-1", "add-1")
        .sees("X-Add-2", "some,add-2")
        .sees("X-Add-3", "add-3")
        .sees("Other", "val")
        .seesNo("X-Remove-1", "X-Remove-2")
        .reaches("one");
    test.get("/any-case")
        .with("x-set", "old")
        .with("x-add", "some")
        .with("x-remove", "val")
        .with("Other", "val")
        .sees("X-Set", "set")
        .sees("X-Add", "some,add")
        .sees("Other", "val")
        .seesNo("X-Remove")
        .reaches("one");
  }

  @Upstream("HTTPRouteRequestHeaderModifierBackendWeights")
  void everyBackendRefHasItsOwnHeaders(Case test) {
    test.get("/").answers(200);
    for (int i = 0; i < 100; i++) {
      Echo echo = Echo.of(test.get("/").send());
      assertThat(echo.header("Backend")).isEqualTo(echo.text("backend"));
    }
  }

  @Upstream("HTTPRouteResponseHeaderModifier")
  void aRuleChangesTheResponsesHeaders(Case test) {
    RawResponse set = test.get("/set").backendSets("Other", "val").reaches("one");
    assertThat(joined(set, "X-Set")).isEqualTo("new");
    assertThat(joined(set, "Other")).isEqualTo("val");
    RawResponse replaced = test.get("/set").backendSets("X-Set", "old").reaches("one");
    assertThat(joined(replaced, "X-Set")).isEqualTo("new");
    RawResponse added = test.get("/add").backendSets("Other", "val").reaches("one");
    assertThat(joined(added, "X-Add")).isEqualTo("more");
    assertThat(joined(added, "Other")).isEqualTo("val");
    RawResponse appended = test.get("/add").backendSets("X-Add", "some").reaches("one");
    assertThat(joined(appended, "X-Add")).isEqualTo("some,more");
    RawResponse removed = test.get("/remove").backendSets("X-Remove", "val").reaches("one");
    assertThat(joined(removed, "X-Remove")).isEmpty();
    RawResponse many = some(test.get("/many")).reaches("one");
    assertThat(joined(many, "X-Add-3")).isEqualTo("add-3");
    several(many);
    RawResponse cased =
        test.get("/any-case")
            .backendSets("x-set", "old")
            .backendSets("x-add", "some")
            .backendSets("x-remove", "val")
            .backendSets("Other", "val")
            .reaches("one");
    assertThat(joined(cased, "X-Set")).isEqualTo("set");
    assertThat(joined(cased, "X-Add")).isEqualTo("some,add");
    assertThat(joined(cased, "X-Lower")).isEqualTo("lower");
    assertThat(joined(cased, "X-Mixed-1")).isEqualTo("mixed-1");
    assertThat(joined(cased, "X-Mixed-2")).isEqualTo("mixed-2");
    assertThat(joined(cased, "X-Upper")).isEqualTo("upper");
    assertThat(joined(cased, "Other")).isEqualTo("val");
    assertThat(joined(cased, "X-Remove")).isEmpty();
    several(
        some(changed(test.get("/both")))
            .with("X-Echo", "echo")
            .sees("X-Echo", "echo")
            .reaches("one"));
  }

  private static HttpCall some(HttpCall call) {
    return call.backendSets("X-Set-2", "old")
        .backendSets("X-Add-2", "some")
        .backendSets("X-Remove-1", "val")
        .backendSets("X-Remove-2", "val")
        .backendSets("Other", "val");
  }

  private static void several(RawResponse response) {
    assertThat(joined(response, "X-Set-1")).isEqualTo("set-1");
    assertThat(joined(response, "X-Set-2")).isEqualTo("set-2");
    assertThat(joined(response, "X-Add-1")).isEqualTo("add-1");
    assertThat(joined(response, "X-Add-2")).isEqualTo("some,add-2");
    assertThat(joined(response, "Other")).isEqualTo("val");
    assertThat(joined(response, "X-Remove-1")).isEmpty();
    assertThat(joined(response, "X-Remove-2")).isEmpty();
  }

  /** The change of headers that comes together with other filters. */
  static HttpCall changed(HttpCall call) {
    return call.with("X-Remove", "val")
        .with("X-Append", "first")
        .with("X-Set", "old")
        .sees("X-Add", "first")
        .sees("X-Append", "first,second")
        .sees("X-Set", "new")
        .seesNo("X-Remove");
  }

  private static String joined(RawResponse response, String field) {
    return String.join(",", response.values(field)).replace(", ", ",");
  }
}
