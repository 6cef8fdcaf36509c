package dev.postern.ir;

/// One match and what to do with the requests that it takes.
///
/// @param name `httproute/<namespace>/<name>/rule/<n>/match/<n>`, for logs and explanations
public record Route(
    String name,
    RouteMatch match,
    HeaderMutation requestHeaders,
    HeaderMutation responseHeaders,
    RouteAction action) {}
