package dev.postern.proxy.socket;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.socket.TlsRecords.Opened;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records between BoringSSL, the client where nothing else is said, and the JDK's TLS, in memory.
@Timeout(30)
class TlsRecordsTest {
  private static final byte[] DATA = new byte[50_000];

  static {
    new SplittableRandom(2).nextBytes(DATA);
  }

  private final List<Object> counted = new ArrayList<>();
  private final ByteBuf toJdk = direct(0);
  private final ByteBuf toBoring = direct(0);
  private SSLEngine boring = null;
  private SSLEngine jdk = null;

  @AfterEach
  void releases() {
    counted.reversed().forEach(ReferenceCountUtil::release);
  }

  @Test
  void nettyLetsItBeDone() throws Exception {
    handshake("TLSv1.3");
    assertThat(TlsRecords.of(boring)).isNotNull();
  }

  @Test
  void whatMayShakeHandsAgainIsTheEngines() throws Exception {
    handshake("TLSv1.2");
    assertThat(TlsRecords.of(boring)).isNull();
    assertThat(TlsRecords.of(jdk)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4_000, 16_384})
  void whatIsSealedIsOneRecordThatThePeerOpens(int length) throws Exception {
    TlsRecords records = records();
    for (int i = 0; i < 3; i++) {
      ByteBuf data = direct(length).writeBytes(DATA, i, length);
      ByteBuf sealed = direct(length + 256);
      assertThat(records.seal(data, sealed)).isTrue();
      assertThat(data.readableBytes()).isZero();
      assertThat(sealed.getUnsignedShort(3)).isEqualTo(sealed.readableBytes() - 5);
      toJdk.writeBytes(sealed);
      assertThat(openedByJdk()).isEqualTo(direct(length).writeBytes(DATA, i, length));
    }
  }

  /// A server's tickets leave with the first that it has to say (RFC 8446 4.6.1).
  @ParameterizedTest
  @ValueSource(ints = {1, 256, 3_000})
  void ticketsGoBeforeTheFirstDataWhateverTheRoom(int more) throws Exception {
    handshake("TLSv1.3", SslProvider.JDK);
    TlsRecords records = requireNonNull(TlsRecords.of(boring));
    ByteBuf data = direct(100).writeBytes(DATA, 0, 100);
    ByteBuf sealed = direct(100 + more);
    if (records.seal(data, sealed)) {
      toJdk.writeBytes(sealed);
    }
    while (data.isReadable()) {
      ByteBuffer rest = ByteBuffer.allocate(32 * 1024);
      data.skipBytes(boring.wrap(data.nioBuffer(), rest).bytesConsumed());
      toJdk.writeBytes(rest.flip());
    }
    ByteBuf opened = direct(100);
    for (int i = 0; i < 3; i++) {
      opened.writeBytes(openedByJdk());
    }
    assertThat(opened).isEqualTo(Unpooled.wrappedBuffer(DATA, 0, 100));
  }

  @Test
  void severalRecordsAreOpenedTogetherAndAPartIsKept() throws Exception {
    TlsRecords records = records();
    sealedByJdk(0, 300);
    sealedByJdk(300, 1);
    int whole = toBoring.readableBytes();
    sealedByJdk(301, 5_000);

    ByteBuf plain = direct(8_192);
    ByteBuf first = toBoring.readSlice(whole + 700);
    assertThat(records.open(first, plain)).isEqualTo(Opened.ALL);
    assertThat(first.readableBytes()).isZero();
    assertThat(plain).isEqualTo(Unpooled.wrappedBuffer(DATA, 0, 301));

    assertThat(records.open(toBoring, plain.clear())).isEqualTo(Opened.ALL);
    assertThat(plain).isEqualTo(Unpooled.wrappedBuffer(DATA, 301, 5_000));
  }

  @Test
  void octetByOctetItIsTheSame() throws Exception {
    TlsRecords records = records();
    sealedByJdk(0, 700);
    sealedByJdk(700, 300);
    ByteBuf all = direct(1_000);
    while (toBoring.isReadable()) {
      ByteBuf plain = direct(1_024);
      assertThat(records.open(toBoring.readSlice(1), plain)).isEqualTo(Opened.ALL);
      all.writeBytes(plain);
    }
    assertThat(all).isEqualTo(Unpooled.wrappedBuffer(DATA, 0, 1_000));
  }

  @Test
  void whatDoesNotFitComesNext() throws Exception {
    TlsRecords records = records();
    sealedByJdk(0, 3_000);
    sealedByJdk(3_000, 3_000);
    ByteBuf all = direct(6_000);
    ByteBuf plain = direct(1_000);
    while (records.open(toBoring, plain.clear()) == Opened.FULL) {
      assertThat(plain.readableBytes()).isEqualTo(1_000);
      all.writeBytes(plain);
    }
    all.writeBytes(plain);
    assertThat(all).isEqualTo(Unpooled.wrappedBuffer(DATA, 0, 6_000));
    assertThat(toBoring.isReadable()).isFalse();
  }

  /// The JDK wants the peer's new keys with its own (RFC 8446 4.6.3).
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void newKeysCutsAndLengthsDoNotMatterInEitherDirection(long seed) throws Exception {
    TlsRecords records = records();
    SplittableRandom random = new SplittableRandom(seed);
    int sentIn = 0;
    int sentOut = 0;
    ByteBuf in = direct(DATA.length);
    ByteBuf out = direct(DATA.length);
    while (sentIn < DATA.length || sentOut < DATA.length || toBoring.isReadable()) {
      if (sentIn < DATA.length) {
        int length = Math.min(random.nextInt(1, 4_000), DATA.length - sentIn);
        if (random.nextInt(3) == 0) {
          jdk.beginHandshake();
          wrapJdk(ByteBuffer.allocate(0));
        }
        sealedByJdk(sentIn, length);
        sentIn += length;
      }
      ByteBuf cut = toBoring.readSlice(random.nextInt(toBoring.readableBytes() + 1));
      Opened how;
      do {
        ByteBuf plain = direct(random.nextInt(1, 5_000));
        how = records.open(cut, plain);
        assertThat(how).isIn(Opened.ALL, Opened.FULL);
        in.writeBytes(plain);
      } while (how == Opened.FULL);
      int length = Math.min(random.nextInt(1, 4_000), DATA.length - sentOut);
      if (length > 0) {
        ByteBuf data = direct(length).writeBytes(DATA, sentOut, length);
        ByteBuf sealed = direct(length + 256);
        assertThat(records.seal(data, sealed)).isTrue();
        assertThat(data.isReadable()).isFalse();
        toJdk.writeBytes(sealed);
        sentOut += length;
      }
      while (toJdk.isReadable()) {
        int before = toJdk.readableBytes();
        out.writeBytes(openedByJdk());
        assertThat(toJdk.readableBytes()).isLessThan(before);
      }
    }
    assertThat(in).isEqualTo(Unpooled.wrappedBuffer(DATA));
    assertThat(out).isEqualTo(Unpooled.wrappedBuffer(DATA));
  }

  @Test
  void atThePeersEndTheEngineHearsOfItWhateverFollows() throws Exception {
    TlsRecords records = records();
    sealedByJdk(0, 100);
    jdk.closeOutbound();
    wrapJdk(ByteBuffer.allocate(0));
    ByteBuf plain = direct(1_024);
    assertThat(records.open(toBoring, plain)).isEqualTo(Opened.STOPPED);
    assertThat(plain).isEqualTo(Unpooled.wrappedBuffer(DATA, 0, 100));
    assertThat(toBoring.isReadable()).isFalse();

    SSLEngineResult told = boring.unwrap(ByteBuffer.allocateDirect(1), ByteBuffer.allocate(1));
    assertThat(told.getStatus()).isEqualTo(Status.CLOSED);
    assertThat(boring.isInboundDone()).isTrue();
    assertThat(records.open(toBoring, plain.clear())).isEqualTo(Opened.NONE);
    assertThat(records.seal(direct(1).writeByte(1), direct(300))).isFalse();
  }

  @Test
  void atAChangedRecordTheEngineSaysWhatIsWrong() throws Exception {
    TlsRecords records = records();
    sealedByJdk(0, 100);
    int changed = toBoring.readerIndex() + 50;
    toBoring.setByte(changed, ~toBoring.getByte(changed));
    ByteBuf plain = direct(1_024);
    assertThat(records.open(toBoring, plain)).isEqualTo(Opened.STOPPED);
    assertThat(plain.isReadable()).isFalse();

    SSLEngineResult told = boring.unwrap(ByteBuffer.allocateDirect(1), ByteBuffer.allocate(1));
    assertThat(told.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
    assertThat(records.seal(direct(1).writeByte(1), direct(300)))
        .as("its alert goes first")
        .isFalse();
  }

  @Test
  void nothingIsDoneWithAnEngineThatIsGone() throws Exception {
    TlsRecords records = records();
    sealedByJdk(0, 100);
    ((ReferenceCountedOpenSslEngine) boring).shutdown();
    assertThat(records.open(toBoring, direct(200))).isEqualTo(Opened.NONE);
    assertThat(records.seal(direct(1).writeByte(1), direct(300))).isFalse();
    assertThat(TlsRecords.of(boring)).isNull();
  }

  private TlsRecords records() throws Exception {
    handshake("TLSv1.3");
    return requireNonNull(TlsRecords.of(boring));
  }

  private void handshake(String version) throws Exception {
    handshake(version, SslProvider.OPENSSL_REFCNT);
  }

  /// @param clients whose TLS is the client's
  private void handshake(String version, SslProvider clients) throws Exception {
    boolean boringAsks = clients != SslProvider.JDK;
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=a")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    SslContext client =
        SslContextBuilder.forClient()
            .sslProvider(clients)
            .protocols(version)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build();
    SslContext server =
        SslContextBuilder.forServer(identity.toKeyManagerFactory())
            .sslProvider(boringAsks ? SslProvider.JDK : SslProvider.OPENSSL_REFCNT)
            .protocols(version)
            .build();
    SslContext boringSsl = boringAsks ? client : server;
    boring = boringSsl.newHandler(ByteBufAllocator.DEFAULT).engine();
    counted.add(boringSsl);
    counted.add(boring);
    jdk = (boringAsks ? server : client).newEngine(ByteBufAllocator.DEFAULT);
    boring.beginHandshake();
    jdk.beginHandshake();
    for (int i = 0; i < 20; i++) {
      step(boring, toBoring, toJdk);
      step(jdk, toJdk, toBoring);
    }
    assertThat(boring.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    assertThat(jdk.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    assertThat(toJdk.isReadable() || toBoring.isReadable()).isFalse();
  }

  /// One of a handshake.
  private static void step(SSLEngine engine, ByteBuf in, ByteBuf out) throws SSLException {
    Runnable task;
    while ((task = engine.getDelegatedTask()) != null) {
      task.run();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      ByteBuffer sealed = ByteBuffer.allocate(32 * 1024);
      engine.wrap(ByteBuffer.allocate(0), sealed);
      out.writeBytes(sealed.flip());
    } else {
      in.skipBytes(engine.unwrap(in.nioBuffer(), ByteBuffer.allocate(32 * 1024)).bytesConsumed());
    }
  }

  private void sealedByJdk(int from, int length) throws SSLException {
    wrapJdk(ByteBuffer.wrap(DATA, from, length));
  }

  private void wrapJdk(ByteBuffer data) throws SSLException {
    ByteBuffer sealed = ByteBuffer.allocate(32 * 1024);
    jdk.wrap(data, sealed);
    toBoring.writeBytes(sealed.flip());
  }

  private ByteBuf openedByJdk() throws SSLException {
    ByteBuffer plain = ByteBuffer.allocate(32 * 1024);
    toJdk.skipBytes(jdk.unwrap(toJdk.nioBuffer(), plain).bytesConsumed());
    return Unpooled.wrappedBuffer(plain.flip());
  }

  private ByteBuf direct(int capacity) {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(capacity);
    counted.add(buffer);
    return buffer;
  }
}
