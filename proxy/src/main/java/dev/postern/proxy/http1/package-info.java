/// HTTP/1.1 on the wire (RFC 9112), for both sides of the proxy: [RequestParser] and
/// [ResponseParser] read heads, [BodyDecoder] finds where a body ends, [HeadWriter] writes.
///
/// Strict where two readers could differ about where a message ends: what is ambiguous is refused,
/// never repaired.
@NullMarked
package dev.postern.proxy.http1;

import org.jspecify.annotations.NullMarked;
