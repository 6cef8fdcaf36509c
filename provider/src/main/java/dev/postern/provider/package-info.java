/** Where objects come from and where their status goes back. */
@NullMarked
package dev.postern.provider;

import org.jspecify.annotations.NullMarked;
