package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The copies of one request that are under way as long as the request itself is received.
final class Mirrors {
  private final List<MirroredRequest> copies;

  private Mirrors(List<MirroredRequest> copies) {
    this.copies = copies;
  }

  /// Copies a request, made ready for a backend, to whom it draws.
  ///
  /// @param ended whether no body follows
  /// @return null where it draws nobody
  static @Nullable Mirrors start(RouteTarget route, ClientStream client, boolean ended) {
    Worker worker = client.connection().worker();
    List<MirroredRequest> copies = new ArrayList<>(route.mirrors().size());
    for (Mirror mirror : route.mirrors()) {
      if (mirror.draws(worker.random())) {
        MirroredRequest copy = new MirroredRequest(worker, client.request(), route.timeoutNanos());
        copy.start(mirror.cluster(client.connection().tls()), ended);
        copies.add(copy);
      }
    }
    return copies.isEmpty() ? null : new Mirrors(copies);
  }

  /// A part of the body came. Does not take it over.
  void data(ByteBuf data, boolean end) {
    for (MirroredRequest copy : copies) {
      copy.data(data, end);
    }
  }

  void trailers(HeaderBlock trailers) {
    for (MirroredRequest copy : copies) {
      copy.trailers(trailers);
    }
  }

  void flush() {
    for (MirroredRequest copy : copies) {
      copy.flush();
    }
  }

  /// Nothing more comes of the request: a copy that is not complete is given up.
  void end() {
    for (MirroredRequest copy : copies) {
      copy.requestOver();
    }
  }
}
