/// Carries datagrams between clients and backends, by sessions: one for each client address and
/// port.
@NullMarked
package dev.postern.proxy.udp;

import org.jspecify.annotations.NullMarked;
