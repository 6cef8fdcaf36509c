package dev.postern.ir;

/// One match and what to do with the requests that it takes.
///
/// @param name `httproute/<namespace>/<name>/rule/<n>/match/<n>`, for logs and explanations
/// @param grpc whether it is meant for gRPC: gRPC-Web requests become gRPC
public record Route(
    String name,
    RouteMatch match,
    HeaderMutation requestHeaders,
    HeaderMutation responseHeaders,
    RouteAction action,
    boolean grpc) {

  /// One that is not meant for gRPC.
  public Route(
      String name,
      RouteMatch match,
      HeaderMutation requestHeaders,
      HeaderMutation responseHeaders,
      RouteAction action) {
    this(name, match, requestHeaders, responseHeaders, action, false);
  }
}
