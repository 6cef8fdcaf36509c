package dev.postern.ir.dump;

import java.util.regex.Pattern;

/// Names of header fields, query parameters and FastCGI parameters whose values nobody but the peer
/// is to see.
final class CredentialNames {
  private static final Pattern ANY =
      Pattern.compile(
          "authorization|cookie|token|secret|passw|passphrase|credential|api[-_]?key"
              + "|(^|[-_])(key|pass|pw|pwd)$",
          Pattern.CASE_INSENSITIVE);

  private CredentialNames() {}

  static boolean has(String name) {
    return ANY.matcher(name).find();
  }
}
