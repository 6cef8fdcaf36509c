package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.socket.MissingLibrary;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;

/// Loads the native library and the classes that a first handshake needs, a tenth of a second of
/// work, beside the rest of the start instead of on the event loop in the first request.
final class TlsWarmup {
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private TlsWarmup() {}

  /// Towards clients, whose first handshake does much the same.
  static void start() {
    start(OpenSsl::isAvailable);
  }

  /// @param tls serves as the example; nothing of it is kept
  static void start(UpstreamTls tls, InstantSource clock) {
    start(() -> {
      rehearse(tls, clock);
      if (tls.trust() instanceof UpstreamTls.Trust.Anchors anchors) {
        verify(new BackendVerifier(tls, clock), anchors.certificates().get(0));
      }
    });
  }

  private static void start(Runnable work) {
    if (STARTED.compareAndSet(false, true)) {
      Thread thread =
          new Thread(
              () -> {
                work.run();
                tellWhatIsMissing();
              },
              "tls-warmup");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void tellWhatIsMissing() {
    if (!OpenSsl.isAvailable()) {
      MissingLibrary.tell(
          "TLS is the JDK's, which is slower, has neither TLS 1.0 nor 1.1, staples no OCSP responses"
              + " and counts less",
          OpenSsl.unavailabilityCause());
    }
  }

  private static void rehearse(UpstreamTls tls, InstantSource clock) {
    try {
      SslContext context =
          UpstreamTlsContext.build(new UpstreamTlsContext.Key(tls, List.of()), clock, _ -> {});
      ReferenceCountUtil.release(
          context.newHandler(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 1).engine());
      ReferenceCountUtil.release(context);
    } catch (SSLException e) {
      return; // the connection that really needs it will say so
    }
  }

  private static void verify(BackendVerifier verifier, X509Certificate anchor) {
    try {
      verifier.checkServerTrusted(new X509Certificate[] {anchor}, "UNKNOWN");
      anchor.verify(anchor.getPublicKey());
    } catch (GeneralSecurityException e) {
      return; // to have tried is enough
    }
  }
}
