/// What objects that are not the Gateway API's own wish for a backend hop, as [Wish]es.
///
/// One class for each kind: `ConnectionPolicyWish` for Postern's own policy, the others for kinds
/// of other gateways. They look up certificates by [Material] and nothing else; which object counts
/// for which port is `resolve`'s to find. What cannot be followed is in [Wished#troubles], and in
/// the wish itself, so that the hop fails closed.
@NullMarked
package dev.postern.gatewayapi.resolve.wish;

import org.jspecify.annotations.NullMarked;
