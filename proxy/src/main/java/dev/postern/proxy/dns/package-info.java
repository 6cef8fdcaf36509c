/// Endpoints by DNS. [DnsEndpoints] answers for IP addresses at once and starts a [DnsWatch] for
/// each host name; nothing of Netty's resolver is loaded before the first one.
@NullMarked
package dev.postern.proxy.dns;

import org.jspecify.annotations.NullMarked;
