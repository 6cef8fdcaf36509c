package dev.postern.gatewayapi.resource;

import java.security.MessageDigest;
import java.util.Arrays;

/// The value of one key of a Secret. It prints redacted and compares in constant time.
public final class SecretValue {
  private final byte[] bytes;

  public SecretValue(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /// The value itself: for parsing alone, never for a message.
  public byte[] reveal() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretValue that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
