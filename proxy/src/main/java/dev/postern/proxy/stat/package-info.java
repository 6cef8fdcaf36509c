/// Which stats the proxy keeps: Envoy's names, one enum for each kind of group. An entry's ordinal
/// is its index in the group's cells.
@NullMarked
package dev.postern.proxy.stat;

import org.jspecify.annotations.NullMarked;
