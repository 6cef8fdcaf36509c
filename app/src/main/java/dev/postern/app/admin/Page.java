package dev.postern.app.admin;

/// One path of the endpoint. It runs on the endpoint's only thread: what is large comes in pieces.
@FunctionalInterface
interface Page {

  /// @throws BadRequest when a parameter makes no sense
  Answer answer(Request request, AdminView view);

  /// The client's mistake, in words that may be shown to it.
  final class BadRequest extends RuntimeException {
    BadRequest(String message) {
      super(message, null, false, false);
    }
  }
}
