/// The control loop: objects in, what they mean, a data plane that does it, and the record of it.
///
/// [ControlLoop] takes what a provider read through the translator to the data plane and back;
/// [Snapshot] is what it publishes after each round, for the admin endpoint and the command line.
@NullMarked
package dev.postern.app.control;

import org.jspecify.annotations.NullMarked;
