package dev.postern.gatewayapi;

import java.util.Map;

/// Judges and lowers the objects. The result is a function of the objects alone: feeding them in
/// one delta or in many gives equal values; the work done for a delta is in proportion to it.
///
/// Not thread-safe: the control loop owns it.
public final class Translator {

  /// Takes in what changed and says what it all means now. What did not change is the same instance
  /// as before.
  public Translation apply(ResourceDelta delta) {
    throw new UnsupportedOperationException("not written yet " + delta);
  }

  /// Takes in which sockets the data plane could not bind, by [dev.postern.ir.Listener#name], and
  /// says it in the status.
  public Translation listenerErrors(Map<String, String> errors) {
    throw new UnsupportedOperationException("not written yet " + errors);
  }
}
