/// An ir as a tree of plain values, to be written as YAML or JSON. [IrTree] is the one entry.
@NullMarked
package dev.postern.ir.dump;

import org.jspecify.annotations.NullMarked;
