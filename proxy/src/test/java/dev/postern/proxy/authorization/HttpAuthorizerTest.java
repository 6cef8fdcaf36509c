package dev.postern.proxy.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster;
import dev.postern.ir.Discovery;
import dev.postern.ir.HttpFilters.ExternalAuthorization;
import dev.postern.ir.HttpFilters.ExternalAuthorization.Protocol;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.WeightedBackend.Destination;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpAuthorizerTest {
  private static final Cluster ASKED =
      new Cluster(
          "auth",
          new Discovery.Eds(),
          new UpstreamProtocol.Http2(),
          Optional.empty(),
          Duration.ofSeconds(2),
          Cluster.DEFAULT_IDLE_TIMEOUT,
          CircuitBreakers.DEFAULT,
          OutlierDetection.DEFAULT);

  private final RequestHead request = new RequestHead();

  /// RFC 7541 6.2.3.
  @Test
  void whatMayBeKeptInNoTableIsToldLikeThat() {
    begin();
    request.headers().add("authorization", "Basic c2VjcmV0");
    request.headers().neverIndexLast();
    request.headers().add("x-kind", "public");
    request.neverIndexed(true, true);
    RequestHead told = told();
    HeaderBlock fields = told.headers();
    assertThat(fields.neverIndexed(fields.find(Octets.ascii("authorization"), 0))).isTrue();
    assertThat(fields.neverIndexed(fields.find(Octets.ascii("x-kind"), 0))).isFalse();
    assertThat(told.targetNeverIndexed()).isTrue();
    assertThat(told.authorityNeverIndexed()).isTrue();
  }

  @Test
  void whatMayBeKeptMayBeStill() {
    begin();
    request.headers().add("authorization", "Basic c2VjcmV0");
    RequestHead told = told();
    HeaderBlock fields = told.headers();
    assertThat(fields.neverIndexed(fields.find(Octets.ascii("authorization"), 0))).isFalse();
    assertThat(told.targetNeverIndexed()).isFalse();
    assertThat(told.authorityNeverIndexed()).isFalse();
  }

  private void begin() {
    request.begin(Octets.ascii("GET"), Octets.ascii("test.example"), Octets.ascii("/secret"));
  }

  private RequestHead told() {
    ExternalAuthorization how =
        new ExternalAuthorization(
            new Destination.ToCluster("auth"),
            new Protocol.Http("/check", List.of()),
            List.of("x-kind"),
            0);
    return Authorizer.of(how).question(request, Unpooled.EMPTY_BUFFER, ASKED, 0).head();
  }
}
