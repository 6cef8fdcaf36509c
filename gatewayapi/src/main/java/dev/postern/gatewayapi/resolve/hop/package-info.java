/// The decision about one backend hop, as data.
///
/// [HopFacts] is all that is known: the backend's hints, read by [AppProtocol] and [PortName], the
/// [TlsPolicy], the [GatewaySide] and the [Wish]es of other objects. [HopDecision] weighs them by
/// their authority and looks into the [HopTable]; the [Hop] says what is done and who decided it.
@NullMarked
package dev.postern.gatewayapi.resolve.hop;

import org.jspecify.annotations.NullMarked;
