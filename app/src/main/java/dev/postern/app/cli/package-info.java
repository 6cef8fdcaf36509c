/// What a person types and reads.
///
/// [Cli] is the entry. A command parses its options, hands the work to `serve`, `report` or `demo`
/// and answers with an exit code: 0 all is well, 1 something is wrong, 2 it was asked wrongly.
@NullMarked
package dev.postern.app.cli;

import org.jspecify.annotations.NullMarked;
