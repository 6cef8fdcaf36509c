/// HTTP/2 (RFC 9113), for either side of the proxy. A [Http2Session] is one connection: it cuts
/// octets into frames ([FrameReader]), knows what they mean to streams ([ReceivedFrames]), and
/// sends as windows allow ([SendWindows]). [RequestFields] and [ResponseFields] check what HPACK
/// decoded, which lies where HTTP/1.1 would have put it. [FloodGuard] notices a peer that only
/// makes work.
@NullMarked
package dev.postern.proxy.http2;

import org.jspecify.annotations.NullMarked;
