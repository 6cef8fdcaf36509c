/// The program.
///
/// `cli` is what a person types, `serve` wires the stages and runs them, `control` is the loop that
/// turns objects into traffic, `admin` shows what goes on, `report` words it, `probe` looks at live
/// backends, `difftraffic` compares gateways, `demo` is a world to try it in. Nobody outside knows
/// any of it.
@NullMarked
package dev.postern.app;

import org.jspecify.annotations.NullMarked;
