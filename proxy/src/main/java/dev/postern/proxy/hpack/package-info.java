/// HPACK (RFC 7541): what header fields are in HTTP/2. [HpackDecoder] lays what it reads straight
/// into the arena of a message's fields, [HpackEncoder] writes from there: no field is an object of
/// its own.
@NullMarked
package dev.postern.proxy.hpack;

import org.jspecify.annotations.NullMarked;
