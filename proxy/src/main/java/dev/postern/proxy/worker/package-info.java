/// One event loop and what belongs to it alone: a [Worker] has the tools that every request needs,
/// so that none of them is shared, locked or made anew.
@NullMarked
package dev.postern.proxy.worker;

import org.jspecify.annotations.NullMarked;
