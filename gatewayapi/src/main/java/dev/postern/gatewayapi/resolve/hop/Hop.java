package dev.postern.gatewayapi.resolve.hop;

import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import java.util.List;
import java.util.Optional;

/// How one Service port is reached, and who decided it.
public record Hop(Outcome outcome, List<Step> trail) {
  public Hop {
    trail = List.copyOf(trail);
  }

  /// What is done.
  public sealed interface Outcome {
    /// A connection of this kind is made.
    ///
    /// @param note what a person should know about it
    record Connect(UpstreamProtocol protocol, Optional<UpstreamTls> tls, Optional<String> note)
        implements Outcome {}

    /// There is no such Service or port.
    record NotFound(String message) implements Outcome {}

    /// The port speaks what an HTTPRoute cannot be sent over.
    record UnsupportedProtocol(String message) implements Outcome {}

    /// The TLS policy that counts cannot be followed, so that nothing is sent.
    record FailsClosed(String message) implements Outcome {}
  }

  /// One answer and where it comes from.
  ///
  /// @param decidedBy an object, or `default`
  /// @param overruled what would have decided otherwise; empty for nothing
  public record Step(Question question, String answer, String decidedBy, List<String> overruled) {
    public Step {
      overruled = List.copyOf(overruled);
    }
  }

  /// What is asked about a hop.
  public enum Question {
    PROTOCOL,
    TLS,
    SNI,
    TRUST,
    NAMES
  }
}
