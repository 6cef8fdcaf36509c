package dev.postern.app.probe;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The subject alternative names of a leaf, those that a policy can expect and all of them.
///
/// @param dns host names in lower case, also with a wildcard in front
/// @param uris without those that are not printable
/// @param all as text for people
public record PresentedNames(List<String> dns, List<String> uris, List<String> all) {
  /// HTTPRoute's PreciseHostname, perhaps with `*.` in front.
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  private static final int LONGEST_HOST = 253;
  private static final int MOST = 50;
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;

  static PresentedNames of(X509Certificate leaf) {
    var dns = new ArrayList<String>();
    var uris = new ArrayList<String>();
    var all = new ArrayList<String>();
    for (List<?> name : entries(leaf)) {
      if (all.size() == MOST) {
        all.add("...");
        break;
      }
      String text = PeerText.clean(String.valueOf(name.get(1)));
      switch ((Integer) name.getFirst()) {
        case DNS -> {
          all.add("DNS:" + text);
          if (isHost(text.toLowerCase(Locale.ROOT))) {
            dns.add(text.toLowerCase(Locale.ROOT));
          }
        }
        case URI -> {
          all.add("URI:" + text);
          if (text.equals(name.get(1))) {
            uris.add(text);
          }
        }
        case ADDRESS -> all.add("IP:" + text);
        default -> all.add("a name of another kind");
      }
    }
    return new PresentedNames(dns, uris, all);
  }

  static boolean isHost(String text) {
    return text.length() <= LONGEST_HOST && HOST.matcher(text).matches();
  }

  private static Collection<List<?>> entries(X509Certificate leaf) {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException | RuntimeException e) {
      return List.of(); // the JDK gives up on all of them for one that is odd
    }
  }
}
