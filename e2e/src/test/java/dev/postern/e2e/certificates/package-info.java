/// Which backend certificates are believed, beside what Envoy and OpenSSL say of them.
///
/// `Matrix` lists the rows, each a `Row` with how it is made (`Openssl`) and the three verdicts.
/// `CertificateMatrixIT` asks Postern, Envoy and OpenSSL over real sockets; `CertificatesDocTest`
/// holds `docs/certificates.md` to the same rows.
@org.jspecify.annotations.NullMarked
package dev.postern.e2e.certificates;
