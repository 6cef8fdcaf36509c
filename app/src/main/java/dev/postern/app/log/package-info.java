/// Log lines on standard error.
///
/// [StderrLogging] is what SLF4J finds. The whole of a logging framework is not needed to write
/// lines, and reading its configuration would be a tenth of the time to the first request.
@NullMarked
package dev.postern.app.log;

import org.jspecify.annotations.NullMarked;
