package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.HttpStat;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What a request meets before its route's action, and what of that shows in its response: CORS,
/// then external authorization. Of one exchange, for one request after another.
final class Filters {
  private final Exchange exchange;
  private final ClientStream client;
  private final ClientConnection connection;
  private @Nullable Cors cors;
  private Cors.@Nullable Answer corsAnswer;
  private @Nullable Authorization authorization;

  Filters(Exchange exchange, ClientStream client) {
    this.exchange = exchange;
    this.client = client;
    this.connection = client.connection();
  }

  /// A request of a route begins.
  ///
  /// @param preflight becomes the answer, where CORS has one
  /// @return whether it has
  boolean answered(RouteTarget target, LocalReply preflight) {
    Cors policy = target.cors();
    cors = policy;
    RequestHead request = client.request();
    Cors.Answer found = policy == null ? null : policy.answer(request);
    corsAnswer = found;
    if (found == null) {
      return false;
    }
    connection.count(found.allowed() ? HttpStat.CORS_ORIGIN_VALID : HttpStat.CORS_ORIGIN_INVALID);
    if (!Cors.Answer.preflight(request)) {
      return false;
    }
    found.applyPreflight(request, preflight.begin(200).headers());
    vary(preflight.head());
    return true;
  }

  /// Asks whether the request may pass, where somebody is to be asked.
  ///
  /// @param end whether no body follows
  /// @return whether the request waits for that, or was refused
  boolean held(RouteTarget target, boolean end) {
    AuthorizationFilter filter = target.authorization();
    if (filter == null) {
      return false;
    }
    RouteTarget.receive(client.request(), connection);
    client.request().from(connection.origin(), client.protocol());
    Authorization asks = new Authorization(exchange, client, filter);
    authorization = asks;
    asks.start(end);
    return true;
  }

  /// A part of the request's body came.
  ///
  /// @return whether it was taken over, as the request may not pass yet
  boolean keeps(ByteBuf data, boolean end) {
    if (authorization == null || !authorization.asking()) {
      return false;
    }
    authorization.data(data, end);
    return true;
  }

  /// The same for the trailer section.
  boolean keeps(HeaderBlock trailers) {
    if (authorization == null || !authorization.asking()) {
      return false;
    }
    authorization.trailers(trailers);
    return true;
  }

  /// Whether the client has to send more before anything goes on.
  boolean awaitClient() {
    return authorization != null && authorization.awaitsClient();
  }

  /// Makes an answer of this proxy itself what its client gets.
  ///
  /// @param of whose request it answers; null where it is no route's
  void apply(ResponseHead head, @Nullable RouteTarget of) {
    if (of != null) {
      of.prepare(head);
    }
    apply(head);
  }

  /// Makes a response what its client gets.
  void apply(ResponseHead head) {
    vary(head);
    if (corsAnswer != null) {
      corsAnswer.apply(head.headers());
    }
  }

  /// The same for one that CORS has no more to say to. Each response gets a date (RFC 9110 6.6.1).
  private void vary(ResponseHead head) {
    if (!head.headers().has(HeaderName.DATE)) {
      byte[] now = connection.worker().date().now();
      head.headers().add(HeaderName.DATE, now, 0, now.length);
    }
    if (authorization != null) {
      authorization.apply(head);
    }
    if (cors != null) {
      cors.vary(head.headers(), corsAnswer != null);
    }
  }

  /// The request is over.
  void end() {
    if (authorization != null) {
      authorization.end();
      authorization = null;
    }
    cors = null;
    corsAnswer = null;
  }
}
