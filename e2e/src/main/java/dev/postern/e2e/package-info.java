/** Tests of the whole: over real sockets, and of the shape of the code. */
@NullMarked
package dev.postern.e2e;

import org.jspecify.annotations.NullMarked;
