/// Certificates and keys as they stand in ConfigMaps and Secrets.
///
/// [Pem] finds the blocks, [CertificateChain] and [PrivateKeyPem] read them, [KeyPair] checks that
/// a key fits a certificate. What cannot be read is a [PemException] whose message says what is
/// wrong and never quotes the text.
@NullMarked
package dev.postern.gatewayapi.resolve.certificate;

import org.jspecify.annotations.NullMarked;
