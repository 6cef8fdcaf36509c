/// The decision about one backend hop, as data.
///
/// [AppProtocol] reads a Service port's hint, [HopTable] says for each hint and state of the TLS
/// policy what is spoken, [Hop] is the outcome with the trail of who decided what.
@NullMarked
package dev.postern.gatewayapi.resolve.hop;

import org.jspecify.annotations.NullMarked;
