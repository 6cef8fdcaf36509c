package dev.postern.proxy.tls;

import dev.postern.ir.UpstreamTls.SubjectName;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The subject alternative names of a certificate. The common name is none of them (RFC 9525 2).
///
/// Read by hand because the JDK gives up on the whole extension for one odd entry, such as a URI
/// that it cannot parse. An extension that is not DER yields no name at all.
final class SubjectNames {
  private static final String OID = "2.5.29.17";
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;

  private final List<Entry> entries;

  /// A name as it stands in the certificate.
  ///
  /// @param tag which kind of GeneralName (RFC 5280 4.2.1.6)
  record Entry(int tag, byte[] value) {
    String text() {
      return new String(value, StandardCharsets.ISO_8859_1);
    }
  }

  private SubjectNames(List<Entry> entries) {
    this.entries = entries;
  }

  static SubjectNames of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(OID);
    if (extension == null) {
      return new SubjectNames(List.of());
    }
    try {
      List<Entry> entries = new ArrayList<>();
      Der names = Der.of(extension).next(Der.OCTET_STRING).next(Der.SEQUENCE);
      while (names.hasMore()) {
        int tag = names.tag() & 0x1f;
        entries.add(new Entry(tag, names.next().content()));
      }
      return new SubjectNames(List.copyOf(entries));
    } catch (IllegalArgumentException e) {
      return new SubjectNames(List.of());
    }
  }

  List<Entry> entries() {
    return entries;
  }

  boolean has(SubjectName wanted) {
    return switch (wanted) {
      case SubjectName.Dns(String name) -> {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        yield address == null ? hasDns(name) : hasAddress(address);
      }
      case SubjectName.Uri(String uri) ->
          entries.stream().anyMatch(e -> e.tag == URI && e.text().equals(uri));
      case SubjectName.OfEndpoint() -> false;
      case SubjectName.Any() -> true;
    };
  }

  /// @param name lower case
  boolean hasDns(String name) {
    for (Entry entry : entries) {
      if (entry.tag == DNS && covers(entry.text().toLowerCase(Locale.ROOT), name)) {
        return true;
      }
    }
    return false;
  }

  /// RFC 9525 6.5: all octets, and no DNS name that looks like it.
  private boolean hasAddress(byte[] address) {
    return entries.stream().anyMatch(e -> e.tag == ADDRESS && Arrays.equals(e.value, address));
  }

  /// RFC 9525 6.3: a wildcard stands for exactly one whole label, the left-most.
  private static boolean covers(String presented, String name) {
    if (presented.equals(name)) {
      return !name.isEmpty();
    }
    if (!presented.startsWith("*.") || presented.length() == 2 || presented.indexOf('*', 1) > 0) {
      return false;
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(presented.substring(1));
  }

  /// For a message: what the certificate is good for, shortened.
  String describe() {
    if (entries.isEmpty()) {
      return "has no subject alternative name (a common name does not count)";
    }
    List<String> shown = new ArrayList<>();
    for (Entry entry : entries) {
      if (shown.size() == 5) {
        shown.add("... (" + entries.size() + " in all)");
        break;
      }
      shown.add(
          switch (entry.tag) {
            case DNS -> "DNS:" + Printable.text(entry.text());
            case URI -> "URI:" + Printable.text(entry.text());
            case ADDRESS -> "IP:" + address(entry.value);
            default -> "a name of another kind";
          });
    }
    return "is for " + String.join(", ", shown);
  }

  private static String address(byte[] octets) {
    return octets.length == 4 || octets.length == 16
        ? NetUtil.bytesToIpAddress(octets)
        : "(malformed)";
  }
}
