/// Answers for a person who asks how a backend is reached.
///
/// [RequestMatcher] finds the route of a [Request] in the ir, by the rules that a data plane goes
/// by; [Explainer] says of it, or of everything, which backends are meant and how each is reached:
/// an [Explanation]. [Serving] knows who is attached and gets nothing, [BackendWords] what is said
/// of a backend.
@NullMarked
package dev.postern.gatewayapi.explain;

import org.jspecify.annotations.NullMarked;
