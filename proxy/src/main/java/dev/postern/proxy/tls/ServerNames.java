package dev.postern.proxy.tls;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.FilterChain;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The filter chains of one listener by the server name that the client asks for (RFC 6066): the
/// exact name, else the longest `*.suffix` with one label or more before it, else the chain without
/// names. Where TLS ends here the first certificate is served whose names fit and whose key suits
/// the client (RFC 8446 4.4.2.2), else the first whose names fit and whose signatures it takes,
/// else the first whose names fit; where none does, all count as if they did. Thread-safe.
public final class ServerNames {
  private final DownstreamTlsContexts owner;
  private final Map<String, Chain> exact = new HashMap<>();
  private final Map<String, Chain> suffixes = new HashMap<>();
  private final List<DownstreamTlsContext> retained = new ArrayList<>();
  private final @Nullable Chain rest;

  private record Chain(FilterChain filterChain, List<DownstreamTlsContext> contexts) {}

  /// Who serves a connection.
  ///
  /// @param context null where TLS does not end here
  /// @param signs whether the client takes its signatures
  record Choice(FilterChain filterChain, @Nullable DownstreamTlsContext context, boolean signs) {}

  ServerNames(List<FilterChain> chains, DownstreamTlsContexts owner) {
    this.owner = owner;
    Chain unnamed = null;
    for (FilterChain filterChain : chains) {
      Chain chain = new Chain(filterChain, contexts(filterChain));
      if (filterChain.serverNames().isEmpty()) {
        unnamed = chain;
      }
      for (String name : filterChain.serverNames()) {
        if (name.startsWith("*.")) {
          suffixes.putIfAbsent(name.substring(1), chain);
        } else {
          exact.putIfAbsent(name, chain);
        }
      }
    }
    rest = unnamed;
  }

  /// No new connection will be served by this. Those that are live live on.
  public void release() {
    retained.forEach(owner::release);
  }

  /// @param serverName lower case; null when the client named none
  /// @param hello the handshake message without its header; it is not consumed
  @Nullable Choice choose(@Nullable String serverName, ByteBuf hello) {
    String name = serverName == null ? "" : withoutRootDot(serverName);
    Chain chain = chain(name);
    if (chain == null) {
      return null;
    }
    List<DownstreamTlsContext> contexts = chain.contexts;
    if (contexts.isEmpty()) {
      return new Choice(chain.filterChain, null, true);
    }
    ClientOffer client = ClientOffer.of(hello);
    DownstreamTlsContext best =
        contexts.size() == 1 ? contexts.getFirst() : best(contexts, name, client);
    return new Choice(chain.filterChain, best, best.key().signsFor(client));
  }

  private static DownstreamTlsContext best(
      List<DownstreamTlsContext> contexts, String name, @Nullable ClientOffer client) {
    List<DownstreamTlsContext> fitting = contexts.stream().filter(c -> c.fits(name)).toList();
    List<DownstreamTlsContext> among = fitting.isEmpty() ? contexts : fitting;
    return among.stream()
        .filter(c -> c.key().suits(client))
        .findFirst()
        .or(() -> among.stream().filter(c -> c.key().signsFor(client)).findFirst())
        .orElse(among.getFirst());
  }

  private @Nullable Chain chain(String name) {
    Chain chain = exact.get(name);
    for (int dot = name.indexOf('.');
        chain == null && dot > 0 && !suffixes.isEmpty();
        dot = name.indexOf('.', dot + 1)) {
      chain = suffixes.get(name.substring(dot));
    }
    return chain == null ? rest : chain;
  }

  private List<DownstreamTlsContext> contexts(FilterChain chain) {
    DownstreamTls tls = chain.tls().orElse(null);
    if (tls == null) {
      return List.of();
    }
    List<DownstreamTlsContext> contexts =
        tls.certificates().stream().map(certificate -> owner.retain(certificate, tls)).toList();
    retained.addAll(contexts);
    return contexts;
  }

  private static String withoutRootDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
