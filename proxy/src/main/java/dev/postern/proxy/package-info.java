/// The built-in data plane: an ir in, traffic out. Packages in the order of a request:
///
/// `listener` binds and accepts, `tls` ends and starts TLS, `http` speaks HTTP/1.1 and HTTP/2 with
/// clients, `route` finds the route, `exchange` takes a request to a backend and its answer back,
/// `upstream` holds clusters, balancers, pools and connections, `accesslog` writes a line.
/// `message` is what they all hand around. [EmbeddedProxy] is the one entry.
@NullMarked
package dev.postern.proxy;

import org.jspecify.annotations.NullMarked;
