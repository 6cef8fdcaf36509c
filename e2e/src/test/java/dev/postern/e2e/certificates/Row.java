package dev.postern.e2e.certificates;

import java.util.List;
import java.util.function.Function;

/**
 * A server's certificate, who is trusted, which name is wanted, and what the three say.
 *
 * @param id a DNS label
 * @param words for the docs
 * @param wanted a DNS name, or a URI where it has a scheme
 * @param says a part of what Postern logs; empty when it takes the certificate
 * @param why they differ, or which rule it is
 */
record Row(
    String id,
    String words,
    String wanted,
    Function<Openssl, Shown> made,
    Verdict postern,
    Verdict envoy,
    Verdict openssl,
    String says,
    String why) {

  static final String GOOD = "backend.example";

  /**
   * @param chain what the server sends, the leaf first
   * @param trusted what is in `ca.crt`
   */
  record Shown(List<Issued> chain, List<Issued> trusted) {
    static Shown of(Issued... chain) {
      return new Shown(List.of(chain), List.of());
    }

    Shown trusting(Issued... anchors) {
      return new Shown(chain, List.of(anchors));
    }
  }

  static Row row(String id, String words, Function<Openssl, Shown> made) {
    return new Row(id, words, GOOD, made, Verdict.YES, Verdict.YES, Verdict.YES, "", "");
  }

  Row wanting(String name) {
    Verdict asked = name.contains("://") ? Verdict.CANNOT_ASK : openssl;
    return new Row(id, words, name, made, postern, envoy, asked, says, why);
  }

  /** All three agree. */
  Row is(Verdict verdict, String says) {
    Verdict asked = openssl == Verdict.CANNOT_ASK ? openssl : verdict;
    return new Row(id, words, wanted, made, verdict, verdict, asked, says, why);
  }

  Row envoy(Verdict verdict, String why) {
    return new Row(id, words, wanted, made, postern, verdict, openssl, says, join(why));
  }

  Row openssl(Verdict verdict, String why) {
    return new Row(id, words, wanted, made, postern, envoy, verdict, says, join(why));
  }

  private String join(String more) {
    return (why + " " + more).strip();
  }

  boolean wantsUri() {
    return wanted.contains("://");
  }

  boolean differs() {
    return postern != envoy || postern != openssl;
  }
}
