package dev.postern.proxy.upstream;

import dev.postern.ir.LoadAssignment;
import java.util.concurrent.atomic.AtomicInteger;

/// Whether an endpoint is well, as all workers see it. Kept for as long as the endpoint and the way
/// to ask after it stay the same. From any thread.
public final class HostHealth {
  private final LoadAssignment.Endpoint where;
  private final AtomicInteger gatewayErrors = new AtomicInteger();
  private final AtomicInteger serverErrors = new AtomicInteger();
  private volatile boolean failedCheck;
  private volatile boolean ejected;
  private volatile long ejectedUntil;
  private int ejections; // guarded by the Membership that ejects

  HostHealth(LoadAssignment.Endpoint where) {
    this.where = where;
  }

  /// Where it is.
  public LoadAssignment.Endpoint where() {
    return where;
  }

  /// Whether active checks failed.
  public boolean failedCheck() {
    return failedCheck;
  }

  void failedCheck(boolean failed) {
    failedCheck = failed;
  }

  /// Whether it is left out for a while, because requests failed.
  public boolean ejected() {
    return ejected && System.nanoTime() - ejectedUntil < 0;
  }

  /// Whether it should get requests.
  boolean usable(long now) {
    return !failedCheck && (!ejected || now - ejectedUntil >= 0);
  }

  /// Mostly two reads of what nobody writes.
  void succeeded() {
    if (gatewayErrors.getPlain() != 0) {
      gatewayErrors.set(0);
    }
    if (serverErrors.getPlain() != 0) {
      serverErrors.set(0);
    }
  }

  /// The endpoint itself answered with 500 or more.
  int serverError() {
    if (gatewayErrors.getPlain() != 0) {
      gatewayErrors.set(0);
    }
    return serverErrors.incrementAndGet();
  }

  int gatewayError() {
    return gatewayErrors.incrementAndGet();
  }

  int unanswered() {
    return serverErrors.incrementAndGet();
  }

  /// @param baseNanos times how often in a row it was ejected
  void eject(long now, long baseNanos) {
    boolean again = ejected && now - ejectedUntil < 10 * baseNanos;
    ejections = again ? ejections + 1 : 1;
    ejectedUntil = now + baseNanos * ejections;
    ejected = true;
    gatewayErrors.set(0);
    serverErrors.set(0);
  }
}
