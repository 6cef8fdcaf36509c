/// FastCGI to backends (FastCGI Specification 1.0, RFC 3875), such as php-fpm.
///
/// [Parameters] is compiled once per configuration and writes what a request becomes, with
/// [RequestPath] deciding what its path means; [RecordWriter] and [RecordReader] are the records on
/// the wire, [CgiHeadParser] reads a script's head. [FastCgiConnection] is one connection, for one
/// request; [FastCgiProtocol] makes them for the pool.
@NullMarked
package dev.postern.proxy.fastcgi;

import org.jspecify.annotations.NullMarked;
