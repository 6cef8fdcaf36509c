package dev.postern.proxy.http2backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.http2backend.FrameServer.Script;
import dev.postern.proxy.stat.ClusterStat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections that a backend, or what stands before it, has forgotten: a request meets a TCP RST.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http2AbortedConnectionTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(client));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void aRequestThatMeetsAForgottenConnectionGetsItsAnswerOnAnother() throws Exception {
    Hop hop = forgetful();
    assertThat(send(hop, "GET").body()).isEqualTo("from 1");
    assertThat(send(hop, "GET").body()).isEqualTo("from 2");
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_RETRY_SUCCESS)).isEqualTo(1);
  }

  /// RFC 9110 9.2.2: the backend may have acted on it.
  @Test
  void aRequestThatMustNotBeSentTwiceIsNot() throws Exception {
    Hop hop = forgetful();
    assertThat(send(hop, "GET").body()).isEqualTo("from 1");
    HttpResponse<String> response = send(hop, "POST");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).endsWith("reset reason: connection termination");
    assertThat(hop.log.getLast()).contains("onnection reset");
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_RETRY)).isZero();
  }

  @Test
  void aConnectionThatIsLostAtItsFirstRequestHadNotBeenForgotten() throws Exception {
    Hop hop =
        hop(c -> {
          c.hello();
          c.request();
          c.abort();
        });
    assertThat(send(hop, "GET").statusCode()).isEqualTo(503);
    assertThat(hop.count(ClusterStat.UPSTREAM_RQ_RETRY)).isZero();
  }

  /// Each of its connections answers once, and is forgotten then.
  private Hop forgetful() throws Exception {
    return hop(c -> {
      c.hello();
      c.answer(c.request(), "from " + c.number);
      c.request();
      c.abort();
    });
  }

  private Hop hop(Script script) throws Exception {
    FrameServer server = new FrameServer(script);
    open.add(server);
    Hop hop = Hop.to(server.port()).apply();
    open.add(hop);
    return hop;
  }

  private HttpResponse<String> send(Hop hop, String method) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + hop.port + "/"))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
