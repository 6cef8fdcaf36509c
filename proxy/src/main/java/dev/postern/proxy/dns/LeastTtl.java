package dev.postern.proxy.dns;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsCnameCache;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps nothing of an answer but the least time to live in it, of addresses and of aliases on the
/// way to them. For the event loop alone.
final class LeastTtl implements DnsCache, DnsCnameCache {
  private long seconds;

  /// Forgets the last answer.
  void reset() {
    seconds = Long.MAX_VALUE;
  }

  /// The least time to live, within bounds. An answer without one (from `/etc/hosts`) has the
  /// longest.
  Duration within(Duration shortest, Duration longest) {
    long millis = seconds > longest.toSeconds() ? longest.toMillis() : seconds * 1000;
    return Duration.ofMillis(Math.max(shortest.toMillis(), millis));
  }

  private void note(long ttlSeconds) {
    seconds = Math.min(seconds, Math.max(0, ttlSeconds));
  }

  @Override
  public @Nullable DnsCacheEntry cache(
      String hostname,
      DnsRecord[] additionals,
      InetAddress address,
      long originalTtl,
      EventLoop loop) {
    note(originalTtl);
    return null;
  }

  @Override
  public void cache(String hostname, String cname, long originalTtl, EventLoop loop) {
    note(originalTtl);
  }

  @Override
  public @Nullable DnsCacheEntry cache(
      String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
    return null;
  }

  @Override
  public @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
    return null;
  }

  @Override
  public @Nullable String get(String hostname) {
    return null;
  }

  @Override
  public void clear() {}

  @Override
  public boolean clear(String hostname) {
    return false;
  }
}
