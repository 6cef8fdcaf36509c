package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// All parts must hold.
///
/// @param method exact, upper case as the client sent it; absent for any
public record RouteMatch(
    PathMatch path,
    Optional<String> method,
    List<HeaderMatch> headers,
    List<QueryMatch> queryParameters) {

  /// Takes every request.
  public static final RouteMatch ANY =
      new RouteMatch(new PathMatch.Prefix("/"), Optional.empty(), List.of(), List.of());

  public RouteMatch {
    headers = List.copyOf(headers);
    queryParameters = List.copyOf(queryParameters);
  }
}
