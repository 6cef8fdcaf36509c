/// Carries octets between a client and a backend, both ways, without looking at them: plaintext,
/// TLS that ended here, and TLS that is passed through.
@NullMarked
package dev.postern.proxy.tcp;

import org.jspecify.annotations.NullMarked;
