package dev.postern.ir;

/// One match and what to do with the requests that it takes.
///
/// @param name `httproute/<namespace>/<name>/rule/<n>/match/<n>`, for logs and explanations
/// @param filters what comes before the action
/// @param grpc whether it is meant for gRPC: gRPC-Web requests become gRPC
public record Route(
    String name,
    RouteMatch match,
    HeaderMutation requestHeaders,
    HeaderMutation responseHeaders,
    HttpFilters filters,
    RouteAction action,
    boolean grpc) {

  /// One without filters.
  public Route(
      String name,
      RouteMatch match,
      HeaderMutation requestHeaders,
      HeaderMutation responseHeaders,
      RouteAction action,
      boolean grpc) {
    this(name, match, requestHeaders, responseHeaders, HttpFilters.NONE, action, grpc);
  }

  /// One without filters that is not meant for gRPC.
  public Route(
      String name,
      RouteMatch match,
      HeaderMutation requestHeaders,
      HeaderMutation responseHeaders,
      RouteAction action) {
    this(name, match, requestHeaders, responseHeaders, action, false);
  }
}
