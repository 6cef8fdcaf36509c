package dev.postern.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.QueryParameter;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody else is asked in Envoy's ext_authz protocol whether a request may pass.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("deprecation") // append: services say it, and Envoy heeds it
class GrpcAuthorizationTest {
  private static final Status DENIED =
      Status.newBuilder().setCode(Code.PERMISSION_DENIED_VALUE).build();

  private final Backend backend =
      new Backend((exchange, _) -> {
        exchange.getResponseHeaders().add("X-Said", "backend");
        Backend.say(exchange, 200, "here");
      });
  private final Gate gate = new Gate();
  private AuthServer auth;

  GrpcAuthorizationTest() throws IOException {}

  @AfterEach
  void close() {
    gate.close();
    backend.close();
    auth.close();
  }

  private void answers(List<String> allowed, int most, CheckResponse response) throws IOException {
    auth = new AuthServer(_ -> response);
    Guard.guard(gate, Guard.grpc(allowed, most), auth.port(), backend.port());
  }

  private static CheckResponse ok(OkHttpResponse.Builder how) {
    return CheckResponse.newBuilder()
        .setStatus(Status.getDefaultInstance())
        .setOkResponse(how)
        .setDynamicMetadata(Struct.getDefaultInstance())
        .build();
  }

  private static CheckResponse denied(DeniedHttpResponse.Builder how) {
    return CheckResponse.newBuilder().setStatus(DENIED).setDeniedResponse(how).build();
  }

  private static HeaderValueOption.Builder header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
  }

  private static HeaderValueOption.Builder appended(String name, String value) {
    return header(name, value).setAppend(BoolValue.of(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void theServiceIsToldAboutTheRequest(String version) throws Exception {
    answers(List.of(), 100, CheckResponse.getDefaultInstance());
    Curl answer =
        Curl.get(
            gate,
            version,
            "/a?b=c",
            "-d",
            "bödy",
            "-H",
            "Host: shop:81",
            "-H",
            "X-A: 1",
            "-H",
            "X-A: 2",
            "-H",
            "Cookie: a=1",
            "-H",
            "X-Request-Id: the-id");
    assertThat(answer.status()).isEqualTo(200);
    AttributeContext about = auth.asked.getFirst().getAttributes();
    AttributeContext.HttpRequest http = about.getRequest().getHttp();
    assertThat(http.getId()).isEqualTo("the-id");
    assertThat(http.getMethod()).isEqualTo("POST");
    assertThat(http.getPath()).isEqualTo("/a?b=c");
    assertThat(http.getHost()).isEqualTo("shop:81");
    assertThat(http.getScheme()).isEqualTo("http");
    assertThat(http.getProtocol()).isEqualTo(version.equals(Curl.HTTP1) ? "HTTP/1.1" : "HTTP/2");
    assertThat(http.getSize()).isEqualTo(5);
    assertThat(http.getBody()).isEqualTo("bödy");
    assertThat(http.getHeadersMap())
        .containsEntry(":method", "POST")
        .containsEntry(":path", "/a?b=c")
        .containsEntry(":authority", "shop:81")
        .containsEntry("x-a", "1,2")
        .containsEntry("cookie", "a=1")
        .containsEntry("x-forwarded-for", "127.0.0.1");
    SocketAddress source = about.getSource().getAddress().getSocketAddress();
    assertThat(source.getAddress()).isEqualTo("127.0.0.1");
    assertThat(source.getPortValue()).isPositive();
    assertThat(about.getDestination().getAddress().getSocketAddress().getPortValue())
        .isEqualTo(gate.port);
    assertThat(about.getRequest().getTime().getSeconds()).isPositive();
    assertThat(backend.received.getFirst().text()).isEqualTo("bödy");
    assertThat(gate.count(HttpStat.EXT_AUTHZ_OK)).isEqualTo(1);
  }

  @Test
  void aBodyThatIsNoTextIsToldAsOctets(@TempDir Path folder) throws Exception {
    answers(List.of(), 1 << 20, CheckResponse.getDefaultInstance());
    byte[] octets = new byte[1 << 20];
    Arrays.fill(octets, (byte) 0xff);
    Path file = folder.resolve("body");
    Files.write(file, octets);
    assertThat(Curl.get(gate, Curl.HTTP2, "/", "--data-binary", "@" + file).status())
        .isEqualTo(200);
    AttributeContext.HttpRequest http =
        auth.asked.getFirst().getAttributes().getRequest().getHttp();
    assertThat(http.getBody()).isEmpty();
    assertThat(http.getRawBody()).isEqualTo(ByteString.copyFrom(octets));
    assertThat(backend.received.getFirst().body()).isEqualTo(octets);
  }

  @Test
  void theServiceIsToldTheNamedFieldsAlone() throws Exception {
    answers(List.of("x-a"), 0, CheckResponse.getDefaultInstance());
    Curl.get(gate, Curl.HTTP1, "/", "-H", "X-A: 1", "-H", "X-B: 2");
    assertThat(auth.asked.getFirst().getAttributes().getRequest().getHttp().getHeadersMap())
        .containsOnlyKeys("x-a");
  }

  @Test
  void theServiceChangesTheRequestAndTheResponse() throws Exception {
    answers(
        List.of(),
        0,
        ok(
            OkHttpResponse.newBuilder()
                .addHeaders(header("X-User", "anna"))
                .addHeaders(appended("X-More", "two"))
                .addHeaders(header("Host", "evil"))
                .addHeaders(header(":path", "/evil"))
                .addHeaders(header("Content-Length", "1"))
                .addHeaders(
                    header("X-New", "new")
                        .setAppendAction(HeaderValueOption.HeaderAppendAction.ADD_IF_ABSENT))
                .addHeadersToRemove("Authorization")
                .addResponseHeadersToAdd(header("Set-Cookie", "a=1"))
                .addResponseHeadersToAdd(header("Set-Cookie", "b=2"))
                .addResponseHeadersToAdd(header("X-Said", "service").setAppend(BoolValue.of(false)))
                .addQueryParametersToSet(QueryParameter.newBuilder().setKey("who").setValue("a&b"))
                .addQueryParametersToRemove("token")));
    Curl answer =
        Curl.get(
            gate,
            Curl.HTTP1,
            "/a?token=1&x=2&%77ho=root&%74oken=3&token",
            "-d",
            "body",
            "-H",
            "Authorization: t",
            "-H",
            "X-User: root",
            "-H",
            "X-More: one",
            "-H",
            "X-New: old",
            "-H",
            "Host: shop");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(answer.all("x-said")).containsExactly("service");
    Backend.Received passed = backend.received.getFirst();
    assertThat(passed.target()).isEqualTo("/a?x=2&who=a%26b");
    assertThat(passed.text()).isEqualTo("body");
    assertThat(passed.headers().get("X-user")).containsExactly("anna");
    assertThat(passed.headers().get("X-more")).containsExactlyInAnyOrder("one", "two");
    assertThat(passed.headers().get("X-new")).containsExactly("old");
    assertThat(passed.headers().getFirst("Host")).isEqualTo("shop");
    assertThat(passed.headers()).doesNotContainKey("Authorization");
  }

  @ParameterizedTest
  @ValueSource(strings = {Curl.HTTP1, Curl.HTTP2})
  void aRefusalIsWhatTheServiceSays(String version) throws Exception {
    answers(
        List.of(),
        0,
        denied(
            DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(StatusCode.Unauthorized))
                .addHeaders(header("WWW-Authenticate", "Basic"))
                .addHeaders(header("Content-Type", "text/html"))
                .addHeaders(header("Transfer-Encoding", "chunked"))
                .setBody("<b>who?")));
    Curl answer = Curl.get(gate, version, "/", "-d", "body");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo("<b>who?");
    assertThat(answer.field("www-authenticate")).hasValue("Basic");
    assertThat(answer.all("content-type")).containsExactly("text/html");
    assertThat(backend.received).isEmpty();
    assertThat(gate.logged()).contains(" 401 UAEX ");
    assertThat(gate.count(HttpStat.EXT_AUTHZ_DENIED)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = StatusCode.class,
      names = {"OK", "NoContent"})
  void aRefusalOfAWebSocketDoesNotLookLikeASuccess(StatusCode status) throws Exception {
    answers(
        List.of(),
        0,
        denied(DeniedHttpResponse.newBuilder().setStatus(HttpStatus.newBuilder().setCode(status))));
    assertThat(Guard.webSocketOverHttp2(gate)).isEqualTo("403");
    assertThat(backend.received).isEmpty();
  }

  @Test
  void aRefusalWithoutMoreIs403() throws Exception {
    answers(List.of(), 0, CheckResponse.newBuilder().setStatus(DENIED).build());
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(403);
    assertThat(backend.received).isEmpty();
  }

  /// What must not be taken for a leave to pass.
  enum Nonsense {
    HEADER(ok(OkHttpResponse.newBuilder().addHeaders(header("x-a", "b\r\nx-c: d")))),
    NAME(ok(OkHttpResponse.newBuilder().addHeaders(header("x a", "b")))),
    NO_NAME(ok(OkHttpResponse.newBuilder().addHeaders(header("", "b")))),
    RESPONSE(ok(OkHttpResponse.newBuilder().addResponseHeadersToAdd(header("x-a", "b\n")))),
    ACTION(ok(OkHttpResponse.newBuilder().addHeaders(header("x-a", "b").setAppendActionValue(9)))),
    LARGE(ok(OkHttpResponse.newBuilder().addHeaders(header("x-a", "b".repeat(300_000)))));

    private final CheckResponse response;

    Nonsense(CheckResponse response) {
      this.response = response;
    }
  }

  @ParameterizedTest
  @EnumSource(Nonsense.class)
  void anAnswerThatNoMessageCanHonourRefuses(Nonsense nonsense) throws Exception {
    answers(List.of(), 0, nonsense.response);
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(403);
    assertThat(backend.received).isEmpty();
    assertThat(gate.count(HttpStat.EXT_AUTHZ_ERROR)).isEqualTo(1);
  }

  @Test
  void aServiceThatFailsRefuses() throws Exception {
    auth =
        new AuthServer(_ -> {
          throw io.grpc.Status.RESOURCE_EXHAUSTED.asRuntimeException();
        });
    Guard.guard(gate, Guard.grpc(List.of(), 0), auth.port(), backend.port());
    assertThat(Curl.get(gate, Curl.HTTP1, "/").status()).isEqualTo(403);
    assertThat(backend.received).isEmpty();
    assertThat(gate.logged()).contains(" 403 UAEX ").contains("grpc-status");
    Gate.await(() -> gate.count("auth", ClusterStat.UPSTREAM_RQ_ACTIVE) == 0);
  }
}
