package dev.postern.proxy.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// The names that a CA certificate permits or excludes below itself (RFC 5280 4.2.1.10). The JDK
/// does not read them in a trust anchor, OpenSSL does. A kind of name that cannot be compared
/// counts as a violation wherever it is constrained.
final class NameConstraints {
  static final String OID = "2.5.29.30";

  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int DIRECTORY = 4;
  private static final int URI = 6;
  private static final int IP = 7;

  private final List<SubjectNames.Entry> permitted;
  private final List<SubjectNames.Entry> excluded;

  private NameConstraints(List<SubjectNames.Entry> permitted, List<SubjectNames.Entry> excluded) {
    this.permitted = permitted;
    this.excluded = excluded;
  }

  /// @return null when the certificate has none
  /// @throws IllegalArgumentException it is malformed
  static @Nullable NameConstraints of(X509Certificate ca) {
    byte[] extension = ca.getExtensionValue(OID);
    if (extension == null) {
      return null;
    }
    Der constraints = Der.of(extension).next(Der.OCTET_STRING).next(Der.SEQUENCE);
    List<SubjectNames.Entry> permitted = new ArrayList<>();
    List<SubjectNames.Entry> excluded = new ArrayList<>();
    while (constraints.hasMore()) {
      boolean permits = constraints.tag() == 0xa0;
      if (!permits && constraints.tag() != 0xa1) {
        throw new IllegalArgumentException("unknown part of the name constraints");
      }
      Der subtrees = constraints.next();
      while (subtrees.hasMore()) {
        Der subtree = subtrees.next(Der.SEQUENCE);
        int tag = subtree.tag() & 0x1f;
        (permits ? permitted : excluded).add(new SubjectNames.Entry(tag, subtree.next().content()));
        if (subtree.hasMore()) {
          throw new IllegalArgumentException("name constraints with a minimum or maximum");
        }
      }
    }
    return new NameConstraints(permitted, excluded);
  }

  /// Whether every name of the certificate is permitted and none excluded.
  boolean allow(X509Certificate certificate) {
    List<SubjectNames.Entry> names = new ArrayList<>(SubjectNames.of(certificate).entries());
    X500Principal subject = certificate.getSubjectX500Principal();
    if (!subject.getName().isEmpty()) {
      names.add(new SubjectNames.Entry(DIRECTORY, subject.getEncoded()));
    }
    return names.stream().allMatch(this::allow);
  }

  private boolean allow(SubjectNames.Entry name) {
    boolean constrained = false;
    boolean inside = false;
    for (SubjectNames.Entry base : permitted) {
      if (base.tag() == name.tag()) {
        constrained = true;
        inside |= isComparable(name.tag()) && covers(base, name);
      }
    }
    for (SubjectNames.Entry base : excluded) {
      if (base.tag() == name.tag()
          && (!isComparable(name.tag()) || covers(base, name) || mayCover(base, name))) {
        return false;
      }
    }
    return !constrained || inside;
  }

  private static boolean isComparable(int tag) {
    return tag == EMAIL || tag == DNS || tag == DIRECTORY || tag == URI || tag == IP;
  }

  private static boolean covers(SubjectNames.Entry base, SubjectNames.Entry name) {
    return switch (name.tag()) {
      case DNS -> isBelow(lower(name), lower(base));
      case EMAIL -> emailCovers(lower(base), lower(name));
      case URI -> hostCovers(lower(base), host(lower(name)));
      case IP -> networkCovers(base.value(), name.value());
      default -> directoryCovers(base.value(), name.value());
    };
  }

  /// A wildcard name also stands for the excluded names below it; a URI whose host is not to be
  /// found might be anywhere.
  private static boolean mayCover(SubjectNames.Entry base, SubjectNames.Entry name) {
    return (name.tag() == DNS
            && lower(name).startsWith("*.")
            && isBelow(lower(base), lower(name).substring(2)))
        || (name.tag() == URI && host(lower(name)).isEmpty());
  }

  private static boolean isBelow(String name, String base) {
    return base.isEmpty()
        || name.equals(base)
        || name.endsWith(base.startsWith(".") ? base : "." + base);
  }

  private static boolean hostCovers(String base, String host) {
    return !host.isEmpty() && (base.startsWith(".") ? host.endsWith(base) : host.equals(base));
  }

  private static boolean emailCovers(String base, String name) {
    return base.contains("@")
        ? name.equals(base)
        : hostCovers(base, name.substring(name.lastIndexOf('@') + 1));
  }

  private static String host(String uri) {
    int start = uri.indexOf("://");
    if (start < 0) {
      return "";
    }
    String authority = uri.substring(start + 3).split("[/?#]", 2)[0];
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    return hostAndPort.startsWith("[") ? "" : hostAndPort.split(":", 2)[0];
  }

  private static boolean networkCovers(byte[] network, byte[] address) {
    if (network.length != 2 * address.length) {
      return false;
    }
    for (int i = 0; i < address.length; i++) {
      if (((network[i] ^ address[i]) & network[address.length + i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Every relative name of the base begins the name, letter case and spaces apart.
  private static boolean directoryCovers(byte[] base, byte[] name) {
    List<String> above = relativeNames(base);
    List<String> all = relativeNames(name);
    return above.size() <= all.size() && all.subList(0, above.size()).equals(above);
  }

  private static List<String> relativeNames(byte[] name) {
    List<String> names = new ArrayList<>();
    Der sequence = Der.of(name).next(Der.SEQUENCE);
    while (sequence.hasMore()) {
      byte[] one = sequence.element();
      byte[] alone =
          Arrays.copyOf(sequenceHeader(one.length), headerLength(one.length) + one.length);
      System.arraycopy(one, 0, alone, headerLength(one.length), one.length);
      names.add(new X500Principal(alone).getName(X500Principal.CANONICAL));
    }
    return names;
  }

  private static int headerLength(int length) {
    return sequenceHeader(length).length;
  }

  private static byte[] sequenceHeader(int length) {
    if (length < 0x80) {
      return new byte[] {Der.SEQUENCE, (byte) length};
    }
    return new byte[] {Der.SEQUENCE, (byte) 0x82, (byte) (length >> 8), (byte) length};
  }

  private static String lower(SubjectNames.Entry entry) {
    return new String(entry.value(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }
}
