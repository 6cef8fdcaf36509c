package dev.postern.proxy.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Looks for a path from the leaf to a trust anchor, over what the peer sent besides. A path ends
/// at the first anchor that it meets, which need not be self-signed. Names only suggest an issuer,
/// signatures decide; all candidates are tried, within limits that no honest chain meets.
final class Issuers {
  private static final int LONGEST_PATH = 10;
  private static final int MOST_SIGNATURES = 60;

  private final Anchors anchors;
  private final List<X509Certificate> sent;
  private final Instant now;
  private final Purpose purpose;
  private int signatures;
  private boolean nameWithoutKey;
  private @Nullable String objection;
  private @Nullable X509Certificate dangling;

  private Issuers(Anchors anchors, List<X509Certificate> sent, Instant now, Purpose purpose) {
    this.anchors = anchors;
    this.sent = sent;
    this.now = now;
    this.purpose = purpose;
  }

  /// What came of the search.
  ///
  /// @param objection why the leaf is not to be trusted, as what follows its name; null when it is
  /// @param until the moment from which it is not any more, because a certificate of the path ends
  record Verdict(@Nullable String objection, Instant until) {
    static Verdict refused(String objection) {
      return new Verdict(objection, Instant.MIN);
    }

    static Verdict trusted(List<X509Certificate> path) {
      Instant end = Instant.MAX;
      for (X509Certificate certificate : path) {
        Instant own = certificate.getNotAfter().toInstant();
        end = own.isBefore(end) ? own : end;
      }
      return new Verdict(null, end);
    }
  }

  /// @param sent the leaf first, the rest in any order
  static Verdict judge(List<X509Certificate> sent, Anchors anchors, Instant now, Purpose purpose) {
    X509Certificate leaf = sent.get(0);
    if (anchors.contain(leaf)) {
      List<X509Certificate> path = List.of(leaf);
      String objection = PathRules.objection(path, now, purpose);
      return objection == null ? Verdict.trusted(path) : Verdict.refused(objection);
    }
    Issuers issuers = new Issuers(anchors, sent, now, purpose);
    List<X509Certificate> path = issuers.extend(List.of(leaf));
    return path == null ? Verdict.refused(issuers.explain()) : Verdict.trusted(path);
  }

  /// The whole path, or null when there is none that begins so.
  private @Nullable List<X509Certificate> extend(List<X509Certificate> path) {
    X509Certificate last = path.getLast();
    X500Principal issuer = last.getIssuerX500Principal();
    for (X509Certificate anchor : anchors.named(issuer)) {
      if (isSignedBy(last, anchor)) {
        List<X509Certificate> whole = with(path, anchor);
        String found = PathRules.objection(whole, now, purpose);
        if (found == null) {
          return whole;
        }
        objection = objection == null ? found : objection;
      } else {
        nameWithoutKey = true;
      }
    }
    boolean dangles = true;
    for (X509Certificate candidate : sent) {
      if (candidate.getSubjectX500Principal().equals(issuer)
          && path.size() < LONGEST_PATH
          && !path.contains(candidate)
          && isSignedBy(last, candidate)) {
        dangles = false;
        List<X509Certificate> whole = extend(with(path, candidate));
        if (whole != null) {
          return whole;
        }
      }
    }
    dangling = dangles && dangling == null ? last : dangling;
    return null;
  }

  private boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (++signatures > MOST_SIGNATURES) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false; // signed by another key, or in a way that is not supported
    }
  }

  private String explain() {
    if (objection != null) {
      return objection;
    }
    if (anchors.isEmpty()) {
      return "cannot be verified: there is no trusted certificate, " + anchors;
    }
    X509Certificate top = dangling == null ? sent.get(0) : dangling;
    if (nameWithoutKey) {
      return "is not signed by the key of the trusted certificate that has its issuer's name, "
          + Printable.issuer(top)
          + ": the CA may have changed its key";
    }
    if (top.getSubjectX500Principal().equals(top.getIssuerX500Principal())) {
      return top.equals(sent.get(0))
          ? "is self-signed and not itself among " + anchors
          : "leads to " + Printable.subject(top) + ", which is not among " + anchors;
    }
    return "leads to the issuer "
        + Printable.issuer(top)
        + ", which is not among "
        + anchors
        + ", and "
        + purpose.sender()
        + " did not send it";
  }

  private static List<X509Certificate> with(List<X509Certificate> path, X509Certificate issuer) {
    List<X509Certificate> longer = new ArrayList<>(path);
    longer.add(issuer);
    return longer;
  }
}
