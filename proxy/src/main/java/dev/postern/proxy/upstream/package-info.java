/// Clusters and the connections to their endpoints.
///
/// A [ClusterEntry] is a cluster by name, for as long as the process knows it; a [WorkerCluster] is
/// what one event loop keeps of it: [Endpoint]s with their counts and connections, and the choice
/// among them. A [PendingConnection] is opened for one request or many; [Http1Connection] and
/// [Http2BackendConnection] speak to one endpoint, other protocols plug in as [BackendProtocol].
/// Nothing here is shared between loops, so nothing is locked.
@NullMarked
package dev.postern.proxy.upstream;

import org.jspecify.annotations.NullMarked;
