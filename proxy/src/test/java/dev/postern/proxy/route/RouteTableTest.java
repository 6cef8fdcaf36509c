package dev.postern.proxy.route;

import static dev.postern.proxy.route.Requests.request;
import static dev.postern.proxy.route.Routes.exact;
import static dev.postern.proxy.route.Routes.header;
import static dev.postern.proxy.route.Routes.headerRegex;
import static dev.postern.proxy.route.Routes.host;
import static dev.postern.proxy.route.Routes.method;
import static dev.postern.proxy.route.Routes.prefix;
import static dev.postern.proxy.route.Routes.query;
import static dev.postern.proxy.route.Routes.regex;
import static dev.postern.proxy.route.Routes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.ir.Route;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.message.RequestHead;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  @Test
  void exactHostWinsOverLongestSuffixOverEverything() {
    RouteTable<String> table =
        table(
            host("*", exact("/any")),
            host("*.com", exact("/com")),
            host("*.example.com", exact("/example")),
            host("www.example.com", exact("/www")));

    assertThat(table.match(get("www.example.com", "/www"))).isEqualTo("exact /www");
    assertThat(table.match(get("a.b.example.com", "/example"))).isEqualTo("exact /example");
    assertThat(table.match(get("example.com", "/com"))).isEqualTo("exact /com");
    assertThat(table.match(get("com", "/any"))).isEqualTo("exact /any");
    assertThat(table.match(get("", "/any"))).isEqualTo("exact /any");
  }

  @Test
  void theChosenHostDoesNotFallToALessSpecificOne() {
    RouteTable<String> table = table(host("*", prefix("/")), host("example.com", exact("/a")));

    assertThat(table.match(get("example.com", "/b"))).isNull();
  }

  @Test
  void aPortInTheAuthorityDoesNotTakePart() {
    RouteTable<String> table = table(host("example.com", prefix("/")), host("[::1]", prefix("/6")));

    assertThat(table.match(get("example.com:8080", "/"))).isEqualTo("prefix /");
    assertThat(table.match(get("[::1]:8080", "/6"))).isEqualTo("prefix /6");
  }

  @Test
  void aSuffixNeedsALabelBeforeItAndADot() {
    RouteTable<String> table = table(host("*.example.com", prefix("/")));

    assertThat(table.match(get("a.example.com", "/"))).isNotNull();
    assertThat(table.match(get("example.com", "/"))).isNull();
    assertThat(table.match(get(".example.com", "/"))).isNull();
    assertThat(table.match(get("aexample.com", "/"))).isNull();
  }

  @Test
  void aPrefixTakesWholePathElements() {
    RouteTable<String> table = table(prefix("/foo"));

    assertThat(table.match(get("h", "/foo"))).isNotNull();
    assertThat(table.match(get("h", "/foo/"))).isNotNull();
    assertThat(table.match(get("h", "/foo/bar/baz"))).isNotNull();
    assertThat(table.match(get("h", "/foo?a=b"))).isNotNull();
    assertThat(table.match(get("h", "/foobar"))).isNull();
    assertThat(table.match(get("h", "/fo"))).isNull();
    assertThat(table.match(get("h", "/bar/foo"))).isNull();
    assertThat(table.match(get("h", "/FOO"))).isNull();
  }

  @Test
  void theDeepestPathIsFoundAmongItsParents() {
    RouteTable<String> table = table(exact("/a/b/c"), prefix("/a/b"), prefix("/a"), prefix("/"));

    assertThat(table.match(get("h", "/a/b/c"))).isEqualTo("exact /a/b/c");
    assertThat(table.match(get("h", "/a/b/c/"))).isEqualTo("prefix /a/b");
    assertThat(table.match(get("h", "/a/bb"))).isEqualTo("prefix /a");
    assertThat(table.match(get("h", "/b"))).isEqualTo("prefix /");
  }

  @Test
  void theFirstInTheListWinsEvenWhereItIsLessSpecific() {
    RouteTable<String> table =
        table(regex("/a/.*/z"), prefix("/a"), exact("/a/b"), prefix("/"), exact("/c"));

    assertThat(table.match(get("h", "/a/b"))).isEqualTo("prefix /a");
    assertThat(table.match(get("h", "/a/b/z"))).isEqualTo("regex /a/.*/z");
    assertThat(table.match(get("h", "/c"))).isEqualTo("prefix /");
  }

  @Test
  void theAsteriskOfOptionsIsNoPath() {
    RequestHead options = request("OPTIONS", "h", "*");

    assertThat(table(prefix("/")).match(options)).isNull();
    assertThat(table(exact("*")).match(options)).isNotNull();
    assertThat(table(regex(".*")).match(options)).isNotNull();
  }

  @Test
  void aRegularExpressionTakesThePathAsAWholeAndWithoutItsQuery() {
    RouteTable<String> table = table(regex("/v[0-9]+/users"));

    assertThat(table.match(get("h", "/v12/users?x=y"))).isNotNull();
    assertThat(table.match(get("h", "/v12/users/"))).isNull();
    assertThat(table.match(get("h", "/x/v12/users"))).isNull();
    assertThat(table(regex("a|/ab?c?")).match(get("h", "/abc"))).isNotNull();
    assertThat(table(regex("(?i)/ABC")).match(get("h", "/abc"))).isNotNull();
    assertThat(table(regex("^/abc$")).match(get("h", "/abc"))).isNotNull();
    assertThat(table(regex("/ab*c{0}")).match(get("h", "/a"))).isNotNull();
    assertThat(table(regex("\\Q/a|b\\E")).match(get("h", "/a|b"))).isNotNull();
  }

  @Test
  void theMethodIsCompared() {
    assertThat(table(method("POST")).match(request("POST", "h", "/"))).isNotNull();
    assertThat(table(method("POST")).match(request("post", "h", "/"))).isNull();
    assertThat(table(method("POST")).match(get("h", "/"))).isNull();
  }

  @Test
  void severalFieldsOfOneNameCountAsOneJoinedByAComma() {
    RequestHead head = request("GET", "h", "/", "x", "a", "y", "b", "x", "c", "x", "");

    assertThat(table(header("x", "a,c,")).match(head)).isNotNull();
    assertThat(table(header("x", "a,c")).match(head)).isNull();
    assertThat(table(header("x", "a")).match(head)).isNull();
    assertThat(table(header("x", "a,c,,")).match(head)).isNull();
    assertThat(table(header("y", "b")).match(head)).isNotNull();
    assertThat(table(header("z", "")).match(head)).isNull();
    assertThat(table(headerRegex("x", "a,[c],")).match(head)).isNotNull();
    assertThat(table(headerRegex("x", "a")).match(head)).isNull();
  }

  @Test
  void cookiesAreJoinedTheirWay() {
    RequestHead head = request("GET", "h", "/", "cookie", "a=1", "cookie", "b=2");

    assertThat(table(header("cookie", "a=1; b=2")).match(head)).isNotNull();
  }

  @Test
  void theHostHeaderIsTheAuthority() {
    assertThat(table(header("host", "h:80")).match(get("h:80", "/"))).isNotNull();
    assertThat(table(header("host", "h")).match(get("h:80", "/"))).isNull();
  }

  @Test
  void queryParametersAreComparedAsTheClientWroteThem() {
    RequestHead head = get("h", "/?a=1&b=%31&a=2&c&=e&d=x=y");

    assertThat(table(query("a", "1")).match(head)).isNotNull();
    assertThat(table(query("a", "2")).match(head)).isNull();
    assertThat(table(query("b", "1")).match(head)).isNull();
    assertThat(table(query("b", "%31")).match(head)).isNotNull();
    assertThat(table(query("c", "")).match(head)).isNotNull();
    assertThat(table(query("d", "x=y")).match(head)).isNotNull();
    assertThat(table(query("d", "x")).match(head)).isNull();
    assertThat(table(query("", "e")).match(head)).isNotNull();
    assertThat(table(query("a", "1")).match(get("h", "/"))).isNull();
    assertThat(table(query("a", "")).match(get("h", "/?"))).isNull();
  }

  @Test
  void unchangedVirtualHostsAreTakenOver() {
    List<String> compiled = new ArrayList<>();
    VirtualHost kept = host("a.com", prefix("/a"));
    VirtualHost moved = host("*.b.com", prefix("/b"));
    RouteTable<Object> first =
        RouteTable.compile(
            Routes.configuration(List.of(kept, host("c.com", prefix("/c")), moved)),
            null,
            route -> new Object());
    Object before = first.match(get("x.b.com", "/b"));

    RouteTable<Object> second =
        RouteTable.compile(
            Routes.configuration(List.of(kept, moved, host("c.com", prefix("/d")))),
            first,
            route -> {
              compiled.add(route.name());
              return new Object();
            });

    assertThat(compiled).containsExactly("prefix /d");
    assertThat(second.match(get("x.b.com", "/b"))).isSameAs(before);
    assertThat(second.match(get("c.com", "/c"))).isNull();
    assertThat(second.match(get("c.com", "/d"))).isNotNull();
  }

  @Test
  void whatIsNotRe2IsNamedWithItsRoute() {
    Route bad = regex("/(unclosed");

    assertThatThrownBy(() -> table(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("regex /(unclosed");
  }

  private static RequestHead get(String authority, String target) {
    return request("GET", authority, target);
  }
}
