package dev.postern.gatewayapi.resolve.wish;

import dev.postern.gatewayapi.resolve.hop.TlsWish;
import dev.postern.gatewayapi.resolve.hop.Wish;
import dev.postern.gatewayapi.resolve.wish.Material.Read;
import dev.postern.gatewayapi.resolve.wish.Wished.Trouble;
import dev.postern.ir.UpstreamTls.SubjectName;
import dev.postern.ir.UpstreamTls.Trust;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the kinds of other gateways have in common.
final class Foreign {

  /// How to say openly what some kinds turn off in silence.
  static final String OPENLY =
      "; to take any name all the same, say so in a BackendConnectionPolicy with insecureSkipVerify:"
          + " Hostname";

  private Foreign() {}

  static Wished follow(Wish wish, String field, TlsWish tls) {
    return new Wished(wish.withTls(field, tls), List.of());
  }

  /// TLS that cannot be followed; where this wish counts, the hop fails closed.
  static Wished refuse(Wish wish, String tls, String below, String why) {
    return new Wished(
        wish.withTls(tls, new TlsWish.Invalid(wish.by() + " " + why)),
        List.of(new Trouble(tls + below, false, why)));
  }

  /// Of an object that is not as it must be. That is told already.
  static Wished refused(Wish wish, String tls, String why) {
    return new Wished(
        wish.withTls(tls, new TlsWish.Invalid(wish.by() + " is not as it must be: " + why)),
        List.of());
  }

  static TlsWish unverified(Optional<String> sni) {
    return new TlsWish.On(sni.orElse(""), new Trust.Unverified(), List.of(new SubjectName.Any()));
  }

  static Read<Trust> wellKnown(String name) {
    return name.equals("System")
        ? new Read.Good<>(new Trust.System())
        : new Read.Bad<>(
            "says wellKnownCACertificates \"" + name + "\", which is not known; use System");
  }

  /// A list of names, those with a scheme as URIs.
  static List<SubjectName> names(List<String> names) {
    return names.stream()
        .map(name ->
            name.contains("://")
                ? new SubjectName.Uri(name)
                : (SubjectName) new SubjectName.Dns(name.toLowerCase(Locale.ROOT)))
        .toList();
  }

  static boolean isWildcard(List<String> names) {
    return names.stream().anyMatch(name -> name.contains("*") || name.isBlank());
  }
}
