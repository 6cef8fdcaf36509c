package dev.postern.proxy.socket;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/// Seals and opens the records of one TLS 1.3 connection with BoringSSL itself, which takes half of
/// the calls that Netty's engine makes for it. What is not application data is the engine's:
/// BoringSSL says again to the engine what it has said here once it has failed or seen the end.
///
/// Not for TLS 1.2, where a peer may begin to shake hands again. For the event loop alone, and for
/// direct buffers.
public final class TlsRecords {
  private static final @Nullable VarHandle CONNECTION = pointer("ssl");
  private static final @Nullable VarHandle NETWORK = pointer("networkBIO");

  private final ReferenceCountedOpenSslEngine engine;
  private final long network;

  private TlsRecords(ReferenceCountedOpenSslEngine engine, long network) {
    this.engine = engine;
    this.network = network;
  }

  /// How far [#open] came.
  public enum Opened {
    /// All that came is opened, or kept by BoringSSL until the rest of its record comes.
    ALL,
    /// There is more than the buffer can take.
    FULL,
    /// The connection has failed, or the peer has ended it: the engine is to ask for itself.
    STOPPED,
    /// Nothing: that is the engine's.
    NONE
  }

  /// Those of a connection whose handshake is done; null where they are the engine's alone.
  public static @Nullable TlsRecords of(SSLEngine engine) {
    VarHandle network = NETWORK;
    if (network == null
        || !(engine instanceof ReferenceCountedOpenSslEngine its)
        || !its.getSession().getProtocol().equals("TLSv1.3")) {
      return null;
    }
    long bio = (long) network.get(its);
    return bio == 0 ? null : new TlsRecords(its, bio);
  }

  /// Netty has no other way to either; without them its engine does all.
  private static @Nullable VarHandle pointer(String field) {
    try {
      Class<?> owner = ReferenceCountedOpenSslEngine.class;
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVarHandle(owner, field, long.class);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /// Opens what is to be read of the first into the second, which is empty, and moves the ends of
  /// both.
  public Opened open(ByteBuf in, ByteBuf plain) {
    long ssl = usable();
    if (ssl == 0) {
      return Opened.NONE;
    }
    int length = in.readableBytes();
    long to = plain.memoryAddress();
    int room = plain.capacity();
    int opened = 0;
    int left = length;
    Opened how = Opened.FULL;
    SSL.bioSetByteBuffer(network, in.memoryAddress() + in.readerIndex(), length, false);
    try {
      while (opened < room) {
        int more = SSL.readFromSSL(ssl, to + opened, room - opened);
        left = SSL.bioLengthByteBuffer(network);
        if (more <= 0) {
          boolean waits = SSL.getError(ssl, more) == SSL.SSL_ERROR_WANT_READ && left == 0;
          how = waits ? Opened.ALL : Opened.STOPPED;
          break;
        }
        opened += more;
        if (left == 0 && opened < room) {
          how = Opened.ALL;
          break;
        }
      }
    } finally {
      // A ticket that comes is kept by code of Java's, which may fail.
      SSL.bioClearByteBuffer(network);
    }
    in.skipBytes(length - left);
    plain.writerIndex(opened);
    return how;
  }

  /// Makes one record of what is to be read of the first, at most 16 KiB, in the second, which is
  /// empty and has room for it; moves the ends of both. A server's tickets come before its first
  /// record (RFC 8446 4.6.1): where they do not fit as well, the engine makes the rest of the
  /// first, which is as it was. Returns false, and both are as they were, where the engine has to
  /// see to all of it.
  boolean seal(ByteBuf data, ByteBuf sealed) {
    long ssl = usable();
    if (ssl == 0 || SSL.bioLengthNonApplication(network) != 0) {
      return false;
    }
    int room = sealed.capacity();
    int length = data.readableBytes();
    SSL.bioSetByteBuffer(network, sealed.memoryAddress(), room, true);
    int taken = SSL.writeToSSL(ssl, data.memoryAddress() + data.readerIndex(), length);
    int left = SSL.bioLengthByteBuffer(network);
    SSL.bioClearByteBuffer(network);
    if (left == room) {
      return false;
    }
    data.skipBytes(Math.max(taken, 0));
    sealed.writerIndex(room - left);
    return true;
  }

  /// The connection while there is nothing but application data; else 0.
  private long usable() {
    VarHandle connection = CONNECTION;
    return connection != null && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
        ? (long) connection.get(engine)
        : 0;
  }
}
