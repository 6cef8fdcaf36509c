/// Looks at a live backend and says what it speaks and what to write for it.
///
/// [Prober] asks one [Question] after the other, each on a connection of its own ([Dialer]), and
/// returns a [Probed]. [Trusts] judges the certificates by the proxy's own verifier, [Advice] says
/// which manifests fit: both are pure. Everything that a backend sends is cleaned by [PeerText]
/// where it comes in.
@NullMarked
package dev.postern.app.probe;

import org.jspecify.annotations.NullMarked;
