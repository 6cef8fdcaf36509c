/// A gateway that runs: the stages wired, started and stopped.
///
/// [Postern] is the one place where the stages meet; [AccessLog] takes the proxy's lines out of the
/// way of traffic.
@NullMarked
package dev.postern.app.serve;

import org.jspecify.annotations.NullMarked;
