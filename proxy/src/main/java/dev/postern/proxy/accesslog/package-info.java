/// One line for each request.
@NullMarked
package dev.postern.proxy.accesslog;

import org.jspecify.annotations.NullMarked;
