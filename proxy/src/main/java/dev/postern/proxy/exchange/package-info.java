/// A request's way to a backend and its answer's way back, whatever is spoken on either side.
///
/// [Exchange] is the state machine in the middle. A [ClientStream] is the client's side of it, a
/// [BackendStream] the backend's; each is implemented once for each protocol. Everything in here
/// runs on the one event loop that the client's connection belongs to.
@NullMarked
package dev.postern.proxy.exchange;

import org.jspecify.annotations.NullMarked;
