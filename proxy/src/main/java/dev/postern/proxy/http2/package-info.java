/// How messages look in HTTP/2 (RFC 9113 8), for either side of the proxy. Frames and HPACK are
/// Netty's; [RequestFields] checks what HPACK decoded and puts it where HTTP/1.1 puts it too,
/// [ResponseFields] is the way back. [FloodGuard] notices a peer that only makes work.
@NullMarked
package dev.postern.proxy.http2;

import org.jspecify.annotations.NullMarked;
