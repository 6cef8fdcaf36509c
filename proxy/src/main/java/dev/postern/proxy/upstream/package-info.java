/// Clusters and the connections to their endpoints.
///
/// A [ClusterEntry] is a cluster by name, for as long as the process knows it; a [WorkerCluster] is
/// what one event loop keeps of it: [Endpoint]s with their counts and idle connections, and the
/// choice among them. [Http1Connection] speaks to one endpoint. Nothing here is shared between
/// loops, so nothing is locked.
@NullMarked
package dev.postern.proxy.upstream;

import org.jspecify.annotations.NullMarked;
