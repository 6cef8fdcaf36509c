package dev.postern.proxy.worker;

/// How much a peer may send.
///
/// @param headOctets of a request's or response's start line and fields together
/// @param headFields of one head or trailer section
/// @param clientConnections at a time on one worker
public record Limits(int headOctets, int headFields, int clientConnections) {
  public static final Limits DEFAULT = new Limits(60 * 1024, 100, 50_000);
}
