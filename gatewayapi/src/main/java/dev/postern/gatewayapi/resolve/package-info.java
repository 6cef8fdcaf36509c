/// Judges the objects by the rules of the Gateway API; nothing is lowered here.
///
/// [Objects] holds them with the indexes that the rules need. [GatewayRules] judges Gateways and
/// their listeners, [Attachments] says which routes attach where, [RouteRules] judges rules and
/// their backends, [PolicyValidation] the BackendTLSPolicies; [Hops] gathers what is known of a
/// backend's port, from a [BackendSource] and [WishSource]s, for the decision in `hop`. The
/// `*Report` classes turn judgements into statuses.
@NullMarked
package dev.postern.gatewayapi.resolve;

import org.jspecify.annotations.NullMarked;
