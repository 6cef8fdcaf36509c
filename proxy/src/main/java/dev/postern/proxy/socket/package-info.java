/// How octets get out of sockets and into them with as little between as can be: [Outlet],
/// [EpollConnection], and the buffers that a worker's connections use again.
@NullMarked
package dev.postern.proxy.socket;

import org.jspecify.annotations.NullMarked;
