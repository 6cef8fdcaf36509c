package dev.postern.gatewayapi.resolve.hop;

import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.util.List;

/// What an object wishes about TLS to a backend.
public sealed interface TlsWish {

  /// No TLS, in so many words.
  record Off() implements TlsWish {}

  /// TLS. Verification is skipped by [Trust.Unverified] or [SubjectName.Any], and then only where
  /// the Gateway's operator consented.
  ///
  /// @param sni empty for none
  /// @param names one of them must be in the certificate; never empty
  record On(String sni, Trust trust, List<SubjectName> names) implements TlsWish {
    public On {
      names = List.copyOf(names);
      if (names.isEmpty()) {
        throw new IllegalArgumentException("names must not be empty: it would verify nobody");
      }
    }
  }

  /// TLS that cannot be followed: if this wish is the one that counts, the hop fails closed.
  ///
  /// @param message what is wrong and what to do, as the end of a sentence after `because`
  record Invalid(String message) implements TlsWish {}
}
