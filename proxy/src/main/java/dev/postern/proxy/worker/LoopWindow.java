package dev.postern.proxy.worker;

/// What a loop did in a stretch of time.
///
/// @param nanos how long that was
/// @param cpuNanos of its thread
/// @param octets received
/// @param requests that ended
/// @param requestNanos how long all requests together were under way
record LoopWindow(long nanos, long cpuNanos, long octets, long requests, long requestNanos) {

  LoopWindow plus(LoopWindow other) {
    return new LoopWindow(
        nanos + other.nanos,
        cpuNanos + other.cpuNanos,
        octets + other.octets,
        requests + other.requests,
        requestNanos + other.requestNanos);
  }

  /// What came after that, which began at the same time.
  LoopWindow minus(LoopWindow other) {
    return new LoopWindow(
        nanos - other.nanos,
        cpuNanos - other.cpuNanos,
        octets - other.octets,
        requests - other.requests,
        requestNanos - other.requestNanos);
  }

  /// Of the time that the thread was at work, 0 to 1.
  double share() {
    return (double) cpuNanos / nanos;
  }
}
