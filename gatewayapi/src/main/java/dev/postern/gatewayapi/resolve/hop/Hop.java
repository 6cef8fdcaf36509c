package dev.postern.gatewayapi.resolve.hop;

import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.SessionPersistence;
import dev.postern.ir.CircuitBreakers;
import dev.postern.ir.Cluster.RetryBudget;
import dev.postern.ir.HealthCheck;
import dev.postern.ir.LbPolicy;
import dev.postern.ir.OutlierDetection;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.ir.UpstreamTls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How one port of a backend is reached by one kind of route, and who decided it.
public record Hop(Outcome outcome, List<Step> trail) {
  public Hop {
    trail = List.copyOf(trail);
  }

  /// What is done.
  public sealed interface Outcome {
    /// Connections of this kind are made.
    ///
    /// @param note what a person should know about it; may be empty
    record Connect(Way way, String note) implements Outcome {}

    /// Connections of one kind are made for clients that came by TLS, and of another for those that
    /// did not.
    ///
    /// @param note what a person should know about it; may be empty
    record ConnectByScheme(Way http, Way https, String note) implements Outcome {}

    /// There is no such backend or port.
    record NotFound(String message) implements Outcome {}

    /// The port speaks what this kind of route cannot be sent over, or nobody said how to trust it.
    record UnsupportedProtocol(String message) implements Outcome {}

    /// Who counts cannot be followed, so that nothing is sent.
    record FailsClosed(String message) implements Outcome {}
  }

  /// One way to connect.
  public record Way(UpstreamProtocol protocol, Optional<UpstreamTls> tls, Traffic traffic) {}

  /// What a cluster keeps to, whatever is spoken.
  ///
  /// @param sessionPersistence for the rules that say nothing of their own
  public record Traffic(
      Duration connectTimeout,
      Duration idleTimeout,
      Optional<Duration> streamIdleTimeout,
      CircuitBreakers circuitBreakers,
      LbPolicy lbPolicy,
      Optional<HealthCheck> healthCheck,
      OutlierDetection outlierDetection,
      Optional<RetryBudget> retryBudget,
      Optional<PolicySession> sessionPersistence) {}

  /// Sessions that a policy asks for.
  public record PolicySession(SessionPersistence spec, ObjectRef policy) {}

  /// One answer and where it comes from.
  ///
  /// @param overruled who would have decided otherwise
  public record Step(Question question, String answer, Source decidedBy, List<Source> overruled) {
    public Step {
      overruled = List.copyOf(overruled);
    }
  }

  /// Who says something, where and what.
  ///
  /// @param object absent for a default
  /// @param field of the object; may be empty
  /// @param value what it says, in a person's words; may be empty
  public record Source(Optional<ObjectRef> object, String field, String value) {

    /// Nobody said anything.
    static Source byDefault(String value) {
      return new Source(Optional.empty(), "", value);
    }

    @Override
    public String toString() {
      String who = object.map(ObjectRef::toString).orElse("default");
      return who + (field.isEmpty() ? "" : " " + field) + (value.isEmpty() ? "" : ": " + value);
    }
  }

  /// What is asked about a hop.
  public enum Question {
    PROTOCOL("protocol"),
    TLS("TLS"),
    SNI("SNI"),
    TRUST("trust"),
    NAMES("names"),
    CLIENT_CERTIFICATE("client certificate"),
    ALPN("ALPN"),
    TLS_PARAMETERS("TLS limits"),
    FAST_CGI("FastCGI"),
    CONNECT_TIMEOUT("connect timeout"),
    IDLE_TIMEOUT("idle timeout"),
    STREAM_IDLE_TIMEOUT("stream idle timeout"),
    CIRCUIT_BREAKERS("limits"),
    LB_POLICY("load balancing"),
    HEALTH_CHECK("health check"),
    OUTLIER_DETECTION("outlier ejection"),
    RETRY_BUDGET("retry budget"),
    SESSION_PERSISTENCE("sessions");

    private final String words;

    Question(String words) {
      this.words = words;
    }

    /// As a person reads it.
    public String words() {
      return words;
    }
  }
}
