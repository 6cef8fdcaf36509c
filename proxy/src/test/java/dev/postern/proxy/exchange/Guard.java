package dev.postern.proxy.exchange;

import dev.postern.ir.ForwardOptions;
import dev.postern.ir.HttpFilters;
import dev.postern.ir.HttpFilters.ExternalAuthorization;
import dev.postern.ir.HttpFilters.ExternalAuthorization.Protocol;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.WeightedBackend.Destination;
import dev.postern.proxy.downstream.FrameClient;
import java.util.List;
import java.util.Optional;

/// Says to a gate who is to be asked: the cluster `auth`.
final class Guard {
  private static final Destination AUTH = new Destination.ToCluster("auth");

  private Guard() {}

  static ExternalAuthorization http(List<String> allowed, List<String> copied, int most) {
    return new ExternalAuthorization(AUTH, new Protocol.Http("/check", copied), allowed, most);
  }

  static ExternalAuthorization grpc(List<String> allowed, int most) {
    return new ExternalAuthorization(AUTH, new Protocol.Grpc(), allowed, most);
  }

  /// With a backend at that port.
  static void guard(Gate gate, ExternalAuthorization how, int auth, int backend) {
    UpstreamProtocol protocol =
        how.protocol() instanceof Protocol.Grpc
            ? new UpstreamProtocol.Http2()
            : new UpstreamProtocol.Http1();
    gate.filters(new HttpFilters(Optional.empty(), Optional.of(how)))
        .cluster("auth", protocol, auth)
        .to(backend)
        .forward(ForwardOptions.NONE);
  }

  /// The status that a client of HTTP/2 gets which asks for a WebSocket (RFC 8441 4).
  static String webSocketOverHttp2(Gate gate) throws Exception {
    try (FrameClient client = new FrameClient(gate.port)) {
      client.headers(1, false, FrameClient.connect("websocket"));
      return client.head().status().toString();
    }
  }
}
