package dev.postern.app.probe;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS of one connection of the probe. It accepts **any** certificate, as it only looks: over such
/// a connection nothing is sent but the probe's own questions, and nobody else may use it. What a
/// backend is trusted for is judged afterwards, by [Trusts].
final class LookingTls {
  private static final int MOST_CERTIFICATES = 20;

  private final TlsOffer offer;
  private volatile List<X509Certificate> chain = List.of();
  private volatile boolean asked;

  LookingTls(TlsOffer offer) {
    this.offer = offer;
  }

  /// @throws SSLException the engine does not take the offer
  SslHandler newHandler(ByteBufAllocator allocator, String host, int port) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols(offer.versions())
            .applicationProtocolConfig(
                offer.alpn().isEmpty()
                    ? ApplicationProtocolConfig.DISABLED
                    : new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        offer.alpn()))
            .trustManager(new AnyCertificate())
            .keyManager(new NoCertificate())
            .endpointIdentificationAlgorithm(null);
    if (!offer.serverName().isEmpty()) {
      try {
        builder.serverName(new SNIHostName(offer.serverName()));
      } catch (IllegalArgumentException e) {
        throw new SSLException("not a server name that TLS can carry: " + offer.serverName(), e);
      }
    }
    SslContext context = builder.build();
    return context.newHandler(allocator, host, port);
  }

  Handshake done(SslHandler handler) {
    String alpn = handler.applicationProtocol();
    return new Handshake(
        PeerText.clean(handler.engine().getSession().getProtocol()),
        PeerText.clean(handler.engine().getSession().getCipherSuite()),
        alpn == null ? "" : PeerText.clean(alpn),
        chain,
        asked,
        Optional.empty());
  }

  Handshake failed(String trouble) {
    return new Handshake("", "", "", chain, asked, Optional.of(trouble));
  }

  /// Parsed anew, as the engine parses late.
  private static List<X509Certificate> readable(X509Certificate[] shown) {
    List<X509Certificate> read = new ArrayList<>();
    for (X509Certificate certificate : shown) {
      try {
        read.add(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.getEncoded())));
      } catch (CertificateException | RuntimeException e) {
        break; // what cannot be read is not shown, nor what hangs on it
      }
      if (read.size() == MOST_CERTIFICATES) {
        break;
      }
    }
    return List.copyOf(read);
  }

  private final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
      chain = readable(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket) {
      chain = readable(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type) {
      chain = readable(shown);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// Has none to show, and remembers that it was asked.
  private final class NoCertificate extends X509ExtendedKeyManager {
    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
      asked = true;
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, Socket socket) {
      asked = true;
      return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return null;
    }
  }
}
