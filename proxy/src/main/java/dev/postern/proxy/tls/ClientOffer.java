package dev.postern.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What a ClientHello says that bears on which certificate can be served (RFC 8446 4.1.2, 4.2). All
/// are lists of numbers of IANA's, empty where there is none, and valid as long as the hello.
///
/// @param version the legacy one
/// @param schemes of signatures
/// @param versions where it names more than the legacy one
record ClientOffer(int version, ByteBuf suites, ByteBuf schemes, ByteBuf groups, ByteBuf versions) {
  static final int TLS_1_2 = 0x0303;
  private static final int TLS_1_3 = 0x0304;
  private static final int RANDOM = 32;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int SUPPORTED_VERSIONS = 43;

  /// @param hello the handshake message without its header; it is not consumed
  /// @return null for one that is malformed: the TLS engine has its own word for these
  static @Nullable ClientOffer of(ByteBuf hello) {
    ByteBuf in = hello.slice();
    try {
      int version = in.readUnsignedShort();
      in.skipBytes(RANDOM);
      in.skipBytes(in.readUnsignedByte()); // session
      ByteBuf suites = in.readSlice(in.readUnsignedShort());
      in.skipBytes(in.readUnsignedByte()); // compression
      ByteBuf schemes = Unpooled.EMPTY_BUFFER;
      ByteBuf groups = Unpooled.EMPTY_BUFFER;
      ByteBuf versions = Unpooled.EMPTY_BUFFER;
      ByteBuf extensions =
          in.isReadable() ? in.readSlice(in.readUnsignedShort()) : Unpooled.EMPTY_BUFFER;
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
        switch (type) {
          case SUPPORTED_GROUPS -> groups = extension.readSlice(extension.readUnsignedShort());
          case SIGNATURE_ALGORITHMS -> schemes = extension.readSlice(extension.readUnsignedShort());
          case SUPPORTED_VERSIONS -> versions = extension.readSlice(extension.readUnsignedByte());
          default -> {}
        }
      }
      return new ClientOffer(version, suites, schemes, groups, versions);
    } catch (IndexOutOfBoundsException malformed) {
      return null;
    }
  }

  boolean tls13() {
    return any(versions, version -> version == TLS_1_3);
  }

  /// Whether there is such a number in one of the lists.
  static boolean any(ByteBuf list, IntPredicate wanted) {
    for (int i = list.readerIndex(); i + 1 < list.writerIndex(); i += 2) {
      if (wanted.test(list.getUnsignedShort(i))) {
        return true;
      }
    }
    return false;
  }
}
