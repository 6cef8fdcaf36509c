/// Connections from clients. [ClientProtocol] finds out what a client speaks; then
/// [Http1ServerConnection] or [Http2ServerConnection] reads requests and hands each to an exchange.
@NullMarked
package dev.postern.proxy.downstream;

import org.jspecify.annotations.NullMarked;
