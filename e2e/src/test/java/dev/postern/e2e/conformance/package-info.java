/// Gateway API's conformance suite v1.6.1, retold without a cluster: for each of its tests about
/// gateways one of ours, with the same expectations, over real sockets.
///
/// The upstream names stand in `conformance/tests.txt` (test resources), the manifests of a case in
/// `conformance/NAME/`, its expectations in a method with [Upstream]. One Postern serves them all
/// ([Suite]); [Backends] are what requests may reach. `ConformanceDocTest` holds
/// `docs/conformance.md` to the same list.
@org.jspecify.annotations.NullMarked
package dev.postern.e2e.conformance;
