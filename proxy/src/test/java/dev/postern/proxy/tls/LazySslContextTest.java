package dev.postern.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.DownstreamTls;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.PrivateKeyDer;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Native memory: every context that was made is free in the end.
class LazySslContextTest {
  private static final X509Bundle IDENTITY = Certificates.selfSigned(Certificates.leaf("a.test"));

  private final List<SslContext> made = new ArrayList<>();
  private final LazySslContext lazy =
      new LazySslContext(() -> {
        SslContext context =
            SslContextBuilder.forServer(
                    IDENTITY.getKeyPair().getPrivate(), IDENTITY.getCertificatePath())
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .build();
        made.add(context);
        return context;
      });

  @Test
  void aContextIsFreeWhenItIsClosedAndItsLastConnectionEnds() throws Exception {
    SslHandler handler = handler();
    lazy.close();
    assertThat(users(0)).isEqualTo(1);
    ReferenceCountUtil.release(handler.engine());
    assertThat(users(0)).isZero();
  }

  @Test
  void whatComesAfterTheCloseIsFreeWithItsConnection() throws Exception {
    ReferenceCountUtil.release(handler().engine());
    lazy.close();
    lazy.close();
    SslHandler late = handler();
    assertThat(made).hasSize(2);
    ReferenceCountUtil.release(late.engine());
    assertThat(users(0) + users(1)).isZero();
  }

  @Test
  void aRenewedContextIsFree() throws Exception {
    ReferenceCountUtil.release(handler().engine());
    lazy.renew();
    lazy.renew();
    assertThat(users(0)).isZero();
  }

  @Test
  void certificatesAreFreeAfterTheEndWhoeverStillUsesThem() throws Exception {
    DownstreamTlsContexts contexts = new DownstreamTlsContexts();
    ServerCertificate certificate =
        new ServerCertificate(
            "ns/a",
            IDENTITY.getCertificatePathList(),
            new PrivateKeyDer(IDENTITY.getKeyPair().getPrivate().getEncoded()));
    DownstreamTls tls = new DownstreamTls(List.of(certificate), DownstreamTls.HTTP_ALPN);
    DownstreamTlsContext used = contexts.retain(certificate, tls);
    contexts.close();
    assertThat(contexts.size()).isZero();
    contexts.release(used);
    // A connection that was accepted before is served.
    SslHandler late = used.newHandler(UnpooledByteBufAllocator.DEFAULT);
    assertThat(late.engine().getSupportedProtocols()).contains("TLSv1.3");
    ReferenceCountUtil.release(late.engine());
  }

  private SslHandler handler() throws Exception {
    return lazy.newHandler(context -> context.newHandler(UnpooledByteBufAllocator.DEFAULT));
  }

  private int users(int which) {
    return ReferenceCountUtil.refCnt(made.get(which));
  }
}
