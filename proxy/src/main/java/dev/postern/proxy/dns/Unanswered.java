package dev.postern.proxy.dns;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsQueryLifecycleObserver;
import io.netty.resolver.dns.DnsQueryLifecycleObserverFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// For which families of addresses nobody had an answer, though for the other there may have been
/// one: a query was lost, or a server failed (RFC 4074 has more). That a name has no address of a
/// family, or is not there, is an answer. For the event loop alone.
final class Unanswered implements DnsQueryLifecycleObserverFactory {
  private boolean ipv4;
  private boolean ipv6;

  /// Forgets what was asked before.
  void reset() {
    ipv4 = false;
    ipv6 = false;
  }

  boolean any() {
    return ipv4 || ipv6;
  }

  /// Whether it may still be an address of the name, for all that was heard.
  boolean has(InetAddress address) {
    return address instanceof Inet4Address ? ipv4 : ipv6;
  }

  private void note(DnsRecordType type, boolean unanswered) {
    if (type.equals(DnsRecordType.A)) {
      ipv4 = unanswered;
    } else if (type.equals(DnsRecordType.AAAA)) {
      ipv6 = unanswered;
    }
  }

  @Override
  public DnsQueryLifecycleObserver newDnsQueryLifecycleObserver(DnsQuestion question) {
    return new Query(question.type());
  }

  /// One question to one server after the other; what comes of the last one counts.
  private final class Query implements DnsQueryLifecycleObserver {
    private final DnsRecordType type;
    private boolean refused;

    Query(DnsRecordType type) {
      this.type = type;
    }

    @Override
    public void queryWritten(InetSocketAddress server, ChannelFuture sent) {
      refused = false;
    }

    /// There is no further server, or nobody waits for it.
    @Override
    public void queryCancelled(int queriesRemaining) {}

    @Override
    public DnsQueryLifecycleObserver queryRedirected(List<InetSocketAddress> servers) {
      return this;
    }

    @Override
    public DnsQueryLifecycleObserver queryCNAMEd(DnsQuestion question) {
      return this;
    }

    /// @param code neither NOERROR nor NXDOMAIN
    @Override
    public DnsQueryLifecycleObserver queryNoAnswer(DnsResponseCode code) {
      refused = true;
      note(type, true);
      return this;
    }

    /// An answer without such an address counts as failed too.
    @Override
    public void queryFailed(Throwable cause) {
      note(type, refused || cause instanceof DnsNameResolverException);
    }

    @Override
    public void querySucceed() {
      note(type, false);
    }
  }
}
