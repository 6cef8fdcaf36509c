/// Endpoints that are known by a host name: resolved by DNS, again whenever an answer's time to
/// live is over.
@NullMarked
package dev.postern.proxy.dns;

import org.jspecify.annotations.NullMarked;
