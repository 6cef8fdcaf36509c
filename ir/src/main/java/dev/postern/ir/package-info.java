/// What any data plane must do, as immutable data in Envoy's words. Depends on the JDK alone.
///
/// [Ir] is the whole: [Listener]s hold [FilterChain]s, those a [RouteConfiguration] of
/// [VirtualHost]s and [Route]s, whose [RouteAction]s name [Cluster]s; a [LoadAssignment] says where
/// a cluster's endpoints are. [DataPlane] is what consumes it. Secrets print redacted.
@NullMarked
package dev.postern.ir;

import org.jspecify.annotations.NullMarked;
