package dev.postern.proxy.exchange;

import dev.postern.ir.Cluster;
import dev.postern.proxy.authorization.Verdict;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Asks whether a request may pass (GEP-1494), and keeps meanwhile what comes of its body. Of one
/// request. Nobody passes unless somebody said so.
final class Authorization {
  private final Exchange exchange;
  private final ClientStream client;
  private final AuthorizationFilter filter;
  private final HeldBody held = new HeldBody();
  private boolean gathering;
  private boolean asking = true;
  private boolean ended;
  private boolean over;
  private int octets;
  private @Nullable AuthorizationCall call;
  private Verdict.@Nullable Allowed allowed;

  Authorization(Exchange exchange, ClientStream client, AuthorizationFilter filter) {
    this.exchange = exchange;
    this.client = client;
    this.filter = filter;
  }

  /// @param end whether no body follows
  void start(boolean end) {
    ended = end;
    RequestHead request = client.request();
    int most = filter.maxBodyOctets();
    gathering = !end && most > 0 && !request.websocket();
    if (gathering && request.contentLength() > most) {
      tooLarge();
    } else if (gathering) {
      GatheredBody.goOn(client);
    } else {
      ask();
    }
  }

  private void tooLarge() {
    exchange.fail(
        TrafficFailure.BODY_TOO_LARGE,
        "a body of more than the "
            + filter.maxBodyOctets()
            + " octets that external authorization is told");
  }

  /// A part of the request's body came; it is kept.
  void data(ByteBuf data, boolean end) {
    octets += data.readableBytes();
    held.add(data);
    ended |= end;
    if (gathering && octets > filter.maxBodyOctets()) {
      tooLarge();
    } else if (end) {
      bodyEnds();
    }
  }

  void trailers(HeaderBlock trailers) {
    held.add(trailers);
    ended = true;
    bodyEnds();
  }

  private void bodyEnds() {
    if (gathering) {
      ask();
    }
  }

  private void ask() {
    Worker worker = client.connection().worker();
    ClusterEntry entry = filter.cluster(client.connection().tls());
    if (entry == null) {
      client.connection().count(HttpStat.EXT_AUTHZ_ERROR);
      exchange.denied(filter.status(), filter.body(), null);
      return;
    }
    WorkerCluster here = entry.on(worker);
    if (here == null) {
      decided(new Verdict.Failed("no cluster " + entry.name()));
      return;
    }
    if (!ended) {
      client.readBody(false);
    }
    ByteBuf body = gathering ? held.whole(worker.allocator()) : Unpooled.EMPTY_BUFFER;
    gathering = false;
    Duration timeout = worker.timeouts().authorization();
    Cluster asked = here.spec().cluster();
    AuthorizationCall asks =
        new AuthorizationCall(
            worker,
            filter.authorizer(),
            filter.authorizer().question(client.request(), body, asked, timeout.toMillis()),
            timeout.toNanos(),
            this::decided);
    call = asks;
    asks.open(entry);
  }

  private void decided(Verdict verdict) {
    call = null;
    asking = false;
    switch (verdict) {
      case Verdict.Allowed may -> {
        client.connection().count(HttpStat.EXT_AUTHZ_OK);
        allowed = may;
        may.apply(client.request());
        exchange.admitted(this);
      }
      case Verdict.Denied no -> {
        client.connection().count(HttpStat.EXT_AUTHZ_DENIED);
        if (client.request().websocket() && no.status() < 300) {
          // To a client of HTTP/2 it would mean a switch (RFC 8441 5).
          exchange.fail(TrafficFailure.NOT_AUTHORIZED, "external authorization refused it");
        } else {
          exchange.denied(no.status(), no.body(), no);
        }
      }
      case Verdict.Failed(String reason) -> {
        client.connection().count(HttpStat.EXT_AUTHZ_ERROR);
        exchange.fail(TrafficFailure.NOT_AUTHORIZED, "external authorization: " + reason);
      }
    }
  }

  /// Whether it is not decided yet: until then the body is kept here.
  boolean asking() {
    return asking;
  }

  /// Whether the client has to send more before anybody can be asked.
  boolean awaitsClient() {
    return gathering;
  }

  /// Hands over what was kept of the body. The request may be over before or meanwhile, and the
  /// next of its connection be there.
  void replay() {
    held.moveTo(exchange, ended);
    if (!over) {
      exchange.readOn();
    }
  }

  /// Makes a response what whoever let the request pass wants it to be.
  void apply(ResponseHead head) {
    if (allowed != null) {
      allowed.apply(head);
    }
  }

  /// The request is over.
  void end() {
    over = true;
    asking = false;
    held.release();
    AuthorizationCall asks = call;
    call = null;
    if (asks != null) {
      asks.cancel();
    }
  }
}
