package dev.postern.e2e.certificates;

/** What came of a handshake with a server that shows a certificate. */
enum Verdict {
  YES("yes", "ssl.handshake"),
  /** The path, the dates, the strength or the purpose of the certificates. */
  NO("no", "ssl.fail_verify_error"),
  NAME("no: name", "ssl.fail_verify_san"),
  /** TLS found no common ground; the certificate was not judged. */
  HANDSHAKE("no: handshake", "ssl.connection_error"),
  /** It cannot be told to look for such a name. */
  CANNOT_ASK("–", "");

  final String words;

  /** Of a cluster, in Postern and Envoy alike. */
  final String counter;

  Verdict(String words, String counter) {
    this.words = words;
    this.counter = counter;
  }
}
