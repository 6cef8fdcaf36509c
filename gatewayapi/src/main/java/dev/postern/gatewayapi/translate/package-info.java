/// Lowers what was judged to the ir.
///
/// [RouteLowering] turns rules into ir routes with their rank, [VirtualHosts] orders them per host,
/// [ListenerLowering] builds sockets and filter chains, [ClusterLowering] clusters and endpoints.
@NullMarked
package dev.postern.gatewayapi.translate;

import org.jspecify.annotations.NullMarked;
