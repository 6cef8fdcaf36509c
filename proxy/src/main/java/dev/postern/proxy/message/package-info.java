/// HTTP messages as the data path holds them: octets in one array with an index, reused from one
/// request to the next, so that routing and forwarding allocate nothing.
@NullMarked
package dev.postern.proxy.message;

import org.jspecify.annotations.NullMarked;
