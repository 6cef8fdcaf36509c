package dev.postern.proxy.authorization;

import dev.postern.ir.Cluster;
import dev.postern.ir.HttpFilters.ExternalAuthorization;
import dev.postern.ir.HttpFilters.ExternalAuthorization.Protocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;

/// A way to ask whether a request may pass, made ready. Of one route, for all its requests: keeps
/// nothing of them.
public sealed interface Authorizer permits HttpAuthorizer, GrpcAuthorizer {

  /// How that filter wants it done.
  static Authorizer of(ExternalAuthorization filter) {
    return switch (filter.protocol()) {
      case Protocol.Http http -> new HttpAuthorizer(http, filter.allowedHeaders());
      case Protocol.Grpc() -> new GrpcAuthorizer(filter.allowedHeaders());
    };
  }

  /// What is sent.
  ///
  /// @param body to be released by whoever gets it; empty for none
  record Question(RequestHead head, ByteBuf body) {}

  /// What came back, whole.
  ///
  /// @param fields of the head, without those that are for one hop alone
  /// @param trailers the head's own fields where there was nothing else
  record Reply(int status, HeaderBlock fields, byte[] body, HeaderBlock trailers) {}

  /// Puts the question about a request.
  ///
  /// @param request without what is for one hop alone, and with what a backend is told of its
  ///   client
  /// @param body of the request; taken over
  /// @param asked who gets the question
  /// @param timeoutMillis within what time an answer is wanted; 0 for any
  Question question(RequestHead request, ByteBuf body, Cluster asked, long timeoutMillis);

  /// What an answer means.
  Verdict verdict(Reply reply);
}
