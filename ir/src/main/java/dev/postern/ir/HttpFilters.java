package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// What a request meets before its route's action, in this order: CORS answers preflights by
/// itself, external authorization lets pass or refuses.
public record HttpFilters(Optional<Cors> cors, Optional<ExternalAuthorization> authorization) {

  /// Nothing.
  public static final HttpFilters NONE = new HttpFilters(Optional.empty(), Optional.empty());

  /// Cross-origin resource sharing (Fetch Standard, HTTP-CORS protocol).
  ///
  /// @param allowOrigins `*`, or `scheme://host[:port]` whose host may begin with `*.` for one
  ///   label or more
  /// @param allowMethods may be `*`
  /// @param allowHeaders lower case; may be `*`
  /// @param exposeHeaders may be `*`
  /// @param maxAgeSeconds how long a preflight's answer counts
  public record Cors(
      List<String> allowOrigins,
      List<String> allowMethods,
      List<String> allowHeaders,
      List<String> exposeHeaders,
      boolean allowCredentials,
      int maxAgeSeconds) {
    public Cors {
      allowOrigins = List.copyOf(allowOrigins);
      allowMethods = List.copyOf(allowMethods);
      allowHeaders = List.copyOf(allowHeaders);
      exposeHeaders = List.copyOf(exposeHeaders);
    }
  }

  /// Somebody else is asked whether a request may pass (HTTPRoute, ExternalAuth).
  ///
  /// @param destination who is asked; one that responds refuses every request with its status
  /// @param protocol how it is asked
  /// @param allowedHeaders of the request, lower case: which of them are sent along, beside those
  ///   that always are; none for all, where the protocol is gRPC
  /// @param maxBodyOctets how much of the request's body is sent along; 0 for none
  public record ExternalAuthorization(
      WeightedBackend.Destination destination,
      Protocol protocol,
      List<String> allowedHeaders,
      int maxBodyOctets) {
    public ExternalAuthorization {
      allowedHeaders = List.copyOf(allowedHeaders);
    }

    /// How the question is put.
    public sealed interface Protocol {
      /// Envoy's `envoy.service.auth.v3.Authorization/Check`.
      record Grpc() implements Protocol {}

      /// The request itself without its body, where 200 lets pass and any other answer goes to the
      /// client.
      ///
      /// @param pathPrefix before the request's path; empty for none
      /// @param allowedResponseHeaders lower case: which of the answer's headers the backend gets
      record Http(String pathPrefix, List<String> allowedResponseHeaders) implements Protocol {
        public Http {
          allowedResponseHeaders = List.copyOf(allowedResponseHeaders);
        }
      }
    }
  }
}
