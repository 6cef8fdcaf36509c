package dev.postern.e2e.certificates;

import static dev.postern.e2e.certificates.Row.GOOD;
import static dev.postern.e2e.certificates.Row.row;
import static dev.postern.e2e.certificates.Verdict.HANDSHAKE;
import static dev.postern.e2e.certificates.Verdict.NAME;
import static dev.postern.e2e.certificates.Verdict.NO;
import static dev.postern.e2e.certificates.Verdict.YES;

import dev.postern.e2e.certificates.Row.Shown;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows, by the question that they ask. */
final class Matrix {
  private static final String ANCHOR =
      "BoringSSL holds trusted certificates to their dates and name constraints alone;"
          + " Postern and OpenSSL to all that they say.";
  private static final String ONE_PATH =
      "The other two follow the first issuer that fits; Postern tries all.";
  private static final String COMMON_NAME =
      "OpenSSL falls back to the common name unless a program forbids it. RFC 9525 2 does.";
  private static final String STRENGTH =
      "BoringSSL has no security levels; Postern follows OpenSSL's level 1.";
  private static final String OFFERED =
      "BoringSSL, in Postern as in Envoy, does not offer such signatures in the handshake.";

  private Matrix() {}

  static Map<String, List<Row>> sections() {
    Map<String, List<Row>> sections = new LinkedHashMap<>();
    sections.put("Whom it leads to", paths());
    sections.put("Dates", dates());
    sections.put("Names", names());
    sections.put("Keys and signatures", strength());
    sections.put("Purposes and extensions", purposes());
    sections.put("Name constraints of a CA", constraints());
    return sections;
  }

  static List<Row> rows() {
    return sections().values().stream().flatMap(List::stream).toList();
  }

  private static List<Row> paths() {
    return List.of(
        row(
            "private-ca",
            "issued by the trusted CA",
            o -> Shown.of(o.leaf(GOOD).by(o.authority()).make()).trusting(o.authority())),
        row(
                "unknown-ca",
                "issued by another CA",
                o ->
                    Shown.of(o.leaf(GOOD).by(o.ca("/CN=Stranger").make()).make())
                        .trusting(o.authority()))
            .is(NO, "leads to the issuer"),
        row(
            "self-signed",
            "self-signed, trusted itself",
            o -> {
              Issued self = o.leaf(GOOD).subject("/CN=self").make();
              return Shown.of(self).trusting(self);
            }),
        row(
                "self-signed-unknown",
                "self-signed, not trusted",
                o -> Shown.of(o.leaf(GOOD).subject("/CN=self").make()).trusting(o.authority()))
            .is(NO, "is self-signed and not itself among"),
        row(
            "pinned-leaf",
            "the leaf itself is trusted, its CA is not",
            o -> {
              Issued leaf = o.leaf(GOOD).by(o.authority()).make();
              return Shown.of(leaf).trusting(leaf);
            }),
        row(
                "one-name-other-key",
                "a CA of the trusted one's name with another key",
                o ->
                    Shown.of(o.leaf(GOOD).by(o.ca("/CN=Authority").make()).make())
                        .trusting(o.authority()))
            .is(NO, "the CA may have changed its key"),
        row(
            "one-name-first",
            "two trusted CAs of one name, the first is the one",
            o ->
                Shown.of(o.leaf(GOOD).by(o.authority()).make())
                    .trusting(o.authority(), o.ca("/CN=Authority").make())),
        row(
            "one-name-second",
            "two trusted CAs of one name, the second is the one",
            o ->
                Shown.of(o.leaf(GOOD).by(o.authority()).make())
                    .trusting(o.ca("/CN=Authority").make(), o.authority())),
        row(
            "one-name-no-key-id",
            "the same, without key identifiers in any of them",
            o -> {
              Issued one = o.ca("/CN=Plain").without("subjectKeyIdentifier").make();
              Issued two = o.ca("/CN=Plain").without("subjectKeyIdentifier").make();
              return Shown.of(o.leaf(GOOD).by(two).make()).trusting(one, two);
            }),
        row(
            "intermediate",
            "intermediate sent along",
            o -> Shown.of(o.leaf(GOOD).by(o.middle()).make(), o.middle()).trusting(o.authority())),
        row(
                "intermediate-withheld",
                "intermediate not sent",
                o -> Shown.of(o.leaf(GOOD).by(o.middle()).make()).trusting(o.authority()))
            .is(NO, "and the backend did not send it"),
        row(
            "intermediate-trusted",
            "the intermediate is trusted, its CA is not",
            o -> Shown.of(o.leaf(GOOD).by(o.middle()).make()).trusting(o.middle())),
        row(
            "intermediate-in-ca-crt",
            "intermediate not sent, but in `ca.crt` beside the CA",
            o -> Shown.of(o.leaf(GOOD).by(o.middle()).make()).trusting(o.authority(), o.middle())),
        row(
            "disorder",
            "sent in disorder, with the CA and a stranger",
            o ->
                Shown.of(
                        o.leaf(GOOD).by(o.middle()).make(),
                        o.authority(),
                        o.ca("/CN=Stranger").make(),
                        o.middle())
                    .trusting(o.authority())),
        row(
                "two-paths",
                "two intermediates of one name and key; the first leads nowhere",
                o -> {
                  Issued nowhere =
                      o.ca("/CN=Crossed")
                          .key("crossed EC P-256")
                          .by(o.ca("/CN=Gone").make())
                          .make();
                  Issued good =
                      o.ca("/CN=Crossed").key("crossed EC P-256").by(o.authority()).make();
                  Issued leaf = o.leaf(GOOD).by(good).make();
                  return Shown.of(leaf, nowhere, good).trusting(o.authority());
                })
            .envoy(NO, ONE_PATH)
            .openssl(NO, ""),
        row(
                "leaf-as-ca",
                "issued by a leaf of the trusted CA",
                o -> {
                  Issued leaf = o.leaf("somebody.example").by(o.authority()).make();
                  Issued impostor = new Issued(leaf.certificate(), leaf.key());
                  return Shown.of(o.leaf(GOOD).key("2 EC P-256").by(impostor).make(), leaf)
                      .trusting(o.authority());
                })
            .is(NO, "is no CA certificate"),
        row(
                "ca-without-key-cert-sign",
                "the intermediate's key usage lacks keyCertSign",
                o -> {
                  Issued middle =
                      o.ca("/CN=Mute")
                          .with("keyUsage", "critical,cRLSign")
                          .by(o.authority())
                          .make();
                  return Shown.of(o.leaf(GOOD).by(middle).make(), middle).trusting(o.authority());
                })
            .is(NO, "must not sign certificates by its key usage"),
        row(
                "path-length",
                "one intermediate more than the CA's path length",
                o -> {
                  Issued root =
                      o.ca("/CN=Short")
                          .with("basicConstraints", "critical,CA:TRUE,pathlen:0")
                          .make();
                  Issued middle = o.ca("/CN=Below").by(root).make();
                  return Shown.of(o.leaf(GOOD).by(middle).make(), middle).trusting(root);
                })
            .is(NO, "must not stand above so many CA certificates")
            .envoy(YES, ANCHOR),
        row(
            "version-1-root",
            "a self-signed CA of X.509 version 1, as old guides make it",
            o -> {
              Issued old =
                  o.ca("/CN=Old")
                      .without("basicConstraints", "keyUsage", "subjectKeyIdentifier")
                      .make();
              return Shown.of(o.leaf(GOOD).by(old).make()).trusting(old);
            }),
        row(
                "trusted-leaf-issues",
                "a trusted self-signed leaf that issued another leaf",
                o -> {
                  Issued self =
                      o.leaf("issuer.example").subject("/CN=self").key("self EC P-256").make();
                  return Shown.of(o.leaf(GOOD).by(self).make()).trusting(self);
                })
            .is(NO, "is no CA certificate"));
  }

  private static List<Row> dates() {
    return List.of(
        row(
                "expired",
                "expired",
                o ->
                    Shown.of(o.leaf(GOOD).expired().by(o.authority()).make())
                        .trusting(o.authority()))
            .is(NO, "expired on"),
        row(
                "not-yet-valid",
                "not yet valid",
                o ->
                    Shown.of(o.leaf(GOOD).days(1, 30).by(o.authority()).make())
                        .trusting(o.authority()))
            .is(NO, "is not valid before"),
        row(
                "expired-self-signed",
                "self-signed, trusted itself, expired",
                o -> {
                  Issued self = o.leaf(GOOD).subject("/CN=self").expired().make();
                  return Shown.of(self).trusting(self);
                })
            .is(NO, "expired on"),
        row(
                "expired-pinned-leaf",
                "the leaf itself is trusted, its CA is not; expired",
                o -> {
                  Issued leaf = o.leaf(GOOD).expired().by(o.authority()).make();
                  return Shown.of(leaf).trusting(leaf);
                })
            .is(NO, "expired on"),
        row(
                "expired-ca",
                "the trusted CA expired",
                o -> {
                  Issued old = o.ca("/CN=Old").expired().make();
                  return Shown.of(o.leaf(GOOD).by(old).make()).trusting(old);
                })
            .is(NO, "expired on"),
        row(
                "future-ca",
                "the trusted CA is not yet valid",
                o -> {
                  Issued early = o.ca("/CN=Early").days(1, 30).make();
                  return Shown.of(o.leaf(GOOD).by(early).make()).trusting(early);
                })
            .is(NO, "is not valid before"),
        row(
                "expired-intermediate",
                "the intermediate expired",
                o -> {
                  Issued middle = o.ca("/CN=Late").expired().by(o.authority()).make();
                  return Shown.of(o.leaf(GOOD).by(middle).make(), middle).trusting(o.authority());
                })
            .is(NO, "expired on"),
        row(
                "renewed-ca",
                "the CA was renewed with its key; `ca.crt` has the expired one first",
                o -> {
                  Issued old = o.ca("/CN=Renewed").key("renewed EC P-256").expired().make();
                  Issued now = o.ca("/CN=Renewed").key("renewed EC P-256").make();
                  return Shown.of(o.leaf(GOOD).by(now).make()).trusting(old, now);
                })
            .envoy(
                NO,
                "Envoy takes the first CA of the name and key and looks no further; order matters there."),
        row(
            "renewed-ca-backwards",
            "the same, with the expired one last",
            o -> {
              Issued old = o.ca("/CN=Renewed").key("renewed EC P-256").expired().make();
              Issued now = o.ca("/CN=Renewed").key("renewed EC P-256").make();
              return Shown.of(o.leaf(GOOD).by(now).make()).trusting(now, old);
            }));
  }

  private static Row named(String id, String words, String names) {
    return row(
        id, words, o -> Shown.of(o.leaf(names).by(o.authority()).make()).trusting(o.authority()));
  }

  private static List<Row> names() {
    String der = "DER:30:";
    return List.of(
        named("wrong-name", "for another name", "other.example")
            .is(NAME, "is for DNS:other.example"),
        named("second-name", "for two names, the second is wanted", "DNS:a.example,DNS:" + GOOD),
        named("upper-case", "`BACKEND.Example`", "BACKEND.Example"),
        named("wildcard", "`*.wild.example`, wanted `a.wild.example`", "*.wild.example")
            .wanting("a.wild.example"),
        named("wildcard-two-labels", "the same, wanted `a.b.wild.example`", "*.wild.example")
            .wanting("a.b.wild.example")
            .is(NAME, "is for DNS:*.wild.example"),
        named("wildcard-no-label", "the same, wanted `wild.example`", "*.wild.example")
            .wanting("wild.example")
            .is(NAME, "is for DNS:*.wild.example"),
        named("wildcard-top-level", "`*.example`, wanted `backend.example`", "*.example")
            .openssl(
                NAME,
                "OpenSSL wants two labels behind the asterisk; RFC 9525 leaves such limits to registries."),
        named("wildcard-public-suffix", "`*.co.uk`, wanted `backend.co.uk`", "*.co.uk")
            .wanting("backend.co.uk"),
        named("wildcard-alone", "`*`, wanted `backend.example`", "*").is(NAME, "is for DNS:*"),
        named("wildcard-partial", "`back*.example`", "back*.example")
            .is(NAME, "is for")
            .envoy(YES, "RFC 9525 6.3 has the asterisk as a whole label or not at all."),
        named("wildcard-in-the-middle", "`a.*.example`, wanted `a.b.example`", "a.*.example")
            .wanting("a.b.example")
            .is(NAME, "is for"),
        named(
                "wildcard-idn",
                "`*.idn.example`, wanted `xn--bcher-kva.idn.example`",
                "*.idn.example")
            .wanting("xn--bcher-kva.idn.example"),
        named("idn", "`xn--bcher-kva.example`", "xn--bcher-kva.example")
            .wanting("xn--bcher-kva.example"),
        row(
                "no-san",
                "no subject alternative name, the common name is right",
                o ->
                    Shown.of(
                            o.leaf(GOOD)
                                .without("subjectAltName")
                                .subject("/CN=" + GOOD)
                                .by(o.authority())
                                .make())
                        .trusting(o.authority()))
            .is(NAME, "has no subject alternative name")
            .openssl(YES, COMMON_NAME),
        row(
                "no-san-self-signed",
                "the same, self-signed and trusted itself",
                o -> {
                  Issued self =
                      o.leaf(GOOD).without("subjectAltName").subject("/CN=" + GOOD).make();
                  return Shown.of(self).trusting(self);
                })
            .is(NAME, "has no subject alternative name")
            .openssl(YES, COMMON_NAME),
        row(
                "common-name-beside-dns",
                "the common name is right, the DNS name is another",
                o ->
                    Shown.of(
                            o.leaf("other.example").subject("/CN=" + GOOD).by(o.authority()).make())
                        .trusting(o.authority()))
            .is(NAME, "is for DNS:other.example"),
        row(
                "common-name-beside-ip",
                "the common name is right, beside an IP address",
                o ->
                    Shown.of(o.leaf("IP:127.0.0.1").subject("/CN=" + GOOD).by(o.authority()).make())
                        .trusting(o.authority()))
            .is(NAME, "is for IP:127.0.0.1")
            .openssl(YES, COMMON_NAME),
        row(
            "empty-subject",
            "empty subject, critical alternative names",
            o ->
                Shown.of(
                        o.leaf(GOOD)
                            .with("subjectAltName", "critical,DNS:" + GOOD)
                            .subject("/")
                            .by(o.authority())
                            .make())
                    .trusting(o.authority())),
        named("ip", "for the endpoint's IP address alone", "IP:127.0.0.1")
            .is(NAME, "is for IP:127.0.0.1"),
        named("uri", "a URI, wanted in `subjectAltNames`", "URI:spiffe://cluster/ns/web")
            .wanting("spiffe://cluster/ns/web"),
        named("uri-other", "another URI than the one wanted", "URI:spiffe://cluster/ns/web2")
            .wanting("spiffe://cluster/ns/web")
            .is(NAME, "is for URI:spiffe://cluster/ns/web2"),
        named("uri-as-dns", "a DNS name where a URI is wanted", "DNS:web.example")
            .wanting("https://web.example")
            .is(NAME, "is for DNS:web.example"),
        named("uri-for-dns", "a URI where a DNS name is wanted", "URI:https://" + GOOD)
            .is(NAME, "is for URI:https://backend.example"),
        named(
                "nul",
                "a NUL within: `backend.example\\0.evil.example`",
                der + "1f:82:1d:" + hex("backend.example\0.evil.example"))
            .is(NAME, "is for"),
        named(
                "trailing-dot",
                "`backend.example.`, with the dot",
                der + "12:82:10:" + hex("backend.example."))
            .is(NAME, "is for"));
  }

  private static String hex(String text) {
    StringBuilder hex = new StringBuilder();
    for (char c : text.toCharArray()) {
      hex.append(hex.isEmpty() ? "" : ":").append("%02x".formatted((int) c));
    }
    return hex.toString();
  }

  private static Row keyed(String id, String words, String key) {
    return row(
        id,
        words,
        o -> Shown.of(o.leaf(GOOD).key(key).by(o.authority()).make()).trusting(o.authority()));
  }

  private static List<Row> strength() {
    return List.of(
        keyed("rsa-2048", "RSA key of 2048 bits", "leaf RSA 2048"),
        keyed("rsa-1024", "RSA key of 1024 bits", "leaf RSA 1024"),
        keyed("rsa-768", "RSA key of 768 bits", "leaf RSA 768")
            .is(NO, "too short")
            .envoy(YES, STRENGTH),
        keyed("ec-384", "EC key on P-384", "leaf EC P-384"),
        keyed("ec-521", "EC key on P-521", "leaf EC P-521")
            .is(HANDSHAKE, "TLS")
            .openssl(YES, OFFERED),
        keyed("ed25519", "Ed25519 key", "leaf ONE ED25519")
            .is(HANDSHAKE, "TLS")
            .openssl(YES, OFFERED),
        keyed("rsa-pss-key", "RSA key for PSS alone (id-RSASSA-PSS)", "leaf PSS 2048")
            .is(HANDSHAKE, "TLS")
            .openssl(YES, OFFERED),
        row(
            "rsa-1024-ca",
            "CA with an RSA key of 1024 bits",
            o -> {
              Issued ca = o.ca("/CN=Weak").key("ca RSA 1024").make();
              return Shown.of(o.leaf(GOOD).by(ca).make()).trusting(ca);
            }),
        row(
                "rsa-768-ca",
                "CA with an RSA key of 768 bits",
                o -> {
                  Issued ca = o.ca("/CN=Weaker").key("ca RSA 768").make();
                  return Shown.of(o.leaf(GOOD).by(ca).make()).trusting(ca);
                })
            .is(NO, "too short")
            .envoy(YES, STRENGTH),
        row(
            "rsa-pss",
            "signed with RSA-PSS and SHA-256",
            o -> {
              Issued ca = o.ca("/CN=PSS").key("ca RSA 2048").make();
              Issued leaf =
                  o.leaf(GOOD)
                      .hash("sha256", "rsa_padding_mode:pss", "rsa_pss_saltlen:32")
                      .by(ca)
                      .make();
              return Shown.of(leaf).trusting(ca);
            }),
        row(
                "sha1",
                "signed with SHA-1",
                o -> {
                  Issued ca = o.ca("/CN=RSA").key("ca RSA 2048").make();
                  return Shown.of(o.leaf(GOOD).hash("sha1").by(ca).make()).trusting(ca);
                })
            .is(NO, "which can be forged")
            .envoy(YES, STRENGTH),
        row(
                "sha1-ecdsa",
                "signed with SHA-1 and ECDSA",
                o ->
                    Shown.of(o.leaf(GOOD).hash("sha1").by(o.authority()).make())
                        .trusting(o.authority()))
            .is(NO, "which can be forged")
            .envoy(YES, STRENGTH),
        row(
                "sha1-intermediate",
                "the intermediate is signed with SHA-1",
                o -> {
                  Issued ca = o.ca("/CN=RSA").key("ca RSA 2048").make();
                  Issued middle = o.ca("/CN=Middle").hash("sha1").by(ca).make();
                  return Shown.of(o.leaf(GOOD).by(middle).make(), middle).trusting(ca);
                })
            .is(NO, "which can be forged")
            .envoy(YES, STRENGTH),
        row(
            "sha1-ca",
            "the trusted CA's own signature is SHA-1",
            o -> {
              Issued ca = o.ca("/CN=RSA").key("ca RSA 2048").hash("sha1").make();
              return Shown.of(o.leaf(GOOD).by(ca).make()).trusting(ca);
            }),
        row(
            "sha1-self-signed",
            "self-signed with SHA-1, trusted itself",
            o -> {
              Issued self =
                  o.leaf(GOOD).subject("/CN=self").key("leaf RSA 2048").hash("sha1").make();
              return Shown.of(self).trusting(self);
            }),
        row(
                "md5",
                "signed with MD5",
                o -> {
                  Issued ca = o.ca("/CN=RSA").key("ca RSA 2048").make();
                  return Shown.of(o.leaf(GOOD).hash("md5").by(ca).make()).trusting(ca);
                })
            .is(NO, "which can be forged"));
  }

  private static Row extended(String id, String words, String name, String value) {
    return row(
        id,
        words,
        o ->
            Shown.of(o.leaf(GOOD).with(name, value).by(o.authority()).make())
                .trusting(o.authority()));
  }

  private static List<Row> purposes() {
    String usage = "extendedKeyUsage";
    return List.of(
        row(
            "no-purpose",
            "no extended key usage",
            o ->
                Shown.of(o.leaf(GOOD).without(usage).by(o.authority()).make())
                    .trusting(o.authority())),
        extended("client-purpose", "for clients (clientAuth) alone", usage, "clientAuth")
            .is(NO, "lacks serverAuth"),
        extended("both-purposes", "for servers and clients", usage, "serverAuth,clientAuth"),
        extended(
                "any-purpose",
                "for any purpose (anyExtendedKeyUsage) alone",
                usage,
                "anyExtendedKeyUsage")
            .is(NO, "lacks serverAuth"),
        extended("code-signing", "for signing code alone", usage, "codeSigning")
            .is(NO, "lacks serverAuth"),
        row(
                "client-purpose-self-signed",
                "for clients alone, self-signed, trusted itself",
                o -> {
                  Issued self = o.leaf(GOOD).with(usage, "clientAuth").subject("/CN=self").make();
                  return Shown.of(self).trusting(self);
                })
            .is(NO, "lacks serverAuth")
            .envoy(YES, ANCHOR),
        row(
                "client-purpose-intermediate",
                "the intermediate is for clients alone",
                o -> {
                  Issued middle =
                      o.ca("/CN=Clients").with(usage, "clientAuth").by(o.authority()).make();
                  return Shown.of(o.leaf(GOOD).by(middle).make(), middle).trusting(o.authority());
                })
            .is(NO, "lacks serverAuth"),
        row(
                "client-purpose-ca",
                "the trusted CA is for clients alone",
                o -> {
                  Issued ca = o.ca("/CN=Clients").with(usage, "clientAuth").make();
                  return Shown.of(o.leaf(GOOD).by(ca).make()).trusting(ca);
                })
            .is(NO, "lacks serverAuth")
            .envoy(YES, ANCHOR),
        extended(
                "key-agreement",
                "key usage keyEncipherment alone",
                "keyUsage",
                "critical,keyEncipherment")
            .is(HANDSHAKE, "TLS")
            .openssl(
                YES,
                "TLS with forward secrecy signs, for which the key usage must say digitalSignature (RFC 8446 4.4.2.2). OpenSSL does not mind."),
        extended("no-tls-usage", "key usage keyCertSign alone", "keyUsage", "critical,keyCertSign")
            .is(HANDSHAKE, "TLS")
            .openssl(
                NO,
                "The same in other words: OpenSSL judges the certificate, BoringSSL the handshake."),
        row(
            "no-key-usage",
            "no key usage",
            o ->
                Shown.of(o.leaf(GOOD).without("keyUsage").by(o.authority()).make())
                    .trusting(o.authority())),
        extended("ca-as-leaf", "the leaf has the CA bit", "basicConstraints", "critical,CA:TRUE"),
        extended("unknown-extension", "an unknown extension", "1.3.6.1.4.1.99999.1", "DER:05:00"),
        extended(
                "unknown-critical-extension",
                "an unknown extension, critical",
                "1.3.6.1.4.1.99999.1",
                "critical,DER:05:00")
            .is(NO, "critical extension"),
        extended(
            "must-staple",
            "must be stapled (TLS feature), without a staple",
            "tlsfeature",
            "status_request"));
  }

  private static Row constrained(String id, String words, String constraints, String names) {
    return row(
        id,
        words,
        o -> {
          Issued middle =
              o.ca("/CN=Constrained")
                  .with("nameConstraints", "critical," + constraints)
                  .by(o.authority())
                  .make();
          return Shown.of(o.leaf(names).by(middle).make(), middle).trusting(o.authority());
        });
  }

  private static List<Row> constraints() {
    String says = "does not permit its names";
    return List.of(
        constrained("permitted", "permits `example`", "permitted;DNS:example", GOOD),
        constrained("permitted-dot", "permits `.example`", "permitted;DNS:.example", GOOD),
        constrained(
                "not-permitted", "permits `inside.example`", "permitted;DNS:inside.example", GOOD)
            .is(NO, says),
        constrained(
                "one-not-permitted",
                "permits `backend.example`, the leaf has a second name",
                "permitted;DNS:" + GOOD,
                "DNS:" + GOOD + ",DNS:other.example")
            .is(NO, says),
        constrained("excluded", "excludes `example`", "excluded;DNS:example", GOOD).is(NO, says),
        constrained(
            "excluded-other", "excludes `other.example`", "excluded;DNS:other.example", GOOD),
        constrained(
            "other-kind",
            "permits an IP network, the leaf has a DNS name",
            "permitted;IP:10.0.0.0/255.0.0.0",
            GOOD),
        constrained(
                "wildcard-excluded",
                "excludes `secret.wild.example`, the leaf has `*.wild.example`",
                "excluded;DNS:secret.wild.example",
                "*.wild.example")
            .wanting("a.wild.example")
            .is(NO, says)
            .openssl(
                YES,
                "The wildcard stands for an excluded name too, so it is refused. OpenSSL compares it as text."),
        constrained(
                "uri-permitted",
                "permits URIs of `cluster.example`",
                "permitted;URI:cluster.example",
                "URI:spiffe://cluster.example/web")
            .wanting("spiffe://cluster.example/web"),
        constrained(
                "uri-not-permitted",
                "permits URIs of `other.example`",
                "permitted;URI:other.example",
                "URI:spiffe://cluster.example/web")
            .wanting("spiffe://cluster.example/web")
            .is(NO, says),
        row(
                "trusted-ca-constrains",
                "the trusted CA itself permits `inside.example` alone",
                o -> {
                  Issued ca =
                      o.ca("/CN=Constrained")
                          .with("nameConstraints", "critical,permitted;DNS:inside.example")
                          .make();
                  return Shown.of(o.leaf(GOOD).by(ca).make()).trusting(ca);
                })
            .is(NO, says),
        row(
            "common-name-constrained",
            "permits `backend.example`; the common name is another DNS name",
            o -> {
              Issued ca =
                  o.ca("/CN=Constrained")
                      .with("nameConstraints", "critical,permitted;DNS:" + GOOD)
                      .make();
              return Shown.of(o.leaf(GOOD).subject("/CN=other.example").by(ca).make()).trusting(ca);
            }));
  }
}
