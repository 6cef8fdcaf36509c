/** The program: command line, admin endpoint and the wiring of the stages. */
@NullMarked
package dev.postern.app;

import org.jspecify.annotations.NullMarked;
