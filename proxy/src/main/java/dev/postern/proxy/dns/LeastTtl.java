package dev.postern.proxy.dns;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Notes the least time to live of each name's last answer, and keeps no answer: who asks decides
/// when to ask again. On the resolver's loop alone.
final class LeastTtl implements DnsCache {
  private final Map<String, Long> seconds = new HashMap<>();

  /// Of the answer since the last call, in seconds; null when no record told one.
  @Nullable Long take(String hostname) {
    return seconds.remove(absolute(hostname));
  }

  @Override
  public DnsCacheEntry cache(
      String hostname,
      DnsRecord[] additionals,
      InetAddress address,
      long originalTtl,
      EventLoop loop) {
    seconds.merge(absolute(hostname), originalTtl, Math::min);
    return new Answer(address);
  }

  @Override
  public DnsCacheEntry cache(
      String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
    return new Failure(cause);
  }

  @Override
  public @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
    return null;
  }

  @Override
  public void clear() {
    seconds.clear();
  }

  @Override
  public boolean clear(String hostname) {
    return seconds.remove(absolute(hostname)) != null;
  }

  private static String absolute(String hostname) {
    return hostname.endsWith(".") ? hostname : hostname + ".";
  }

  private record Answer(InetAddress address) implements DnsCacheEntry {
    @Override
    public @Nullable Throwable cause() {
      return null;
    }
  }

  private record Failure(Throwable cause) implements DnsCacheEntry {
    @Override
    public @Nullable InetAddress address() {
      return null;
    }
  }
}
