/// Finds the route of a request.
///
/// [RouteTable] compiles a route configuration and is asked once for each request. It finds the
/// virtual host (`Domain`) by hash, then the path (`HostRoutes`) by hash of its elements, then
/// tries the few `Candidate`s of that path with their header and query conditions. The cost does
/// not grow with the number of routes, and nothing is allocated unless a regular expression runs.
@NullMarked
package dev.postern.proxy.route;

import org.jspecify.annotations.NullMarked;
