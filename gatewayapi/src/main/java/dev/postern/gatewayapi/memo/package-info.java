/// Values that are derived on demand and remembered until something that they read changes.
///
/// [Memo] makes the parts: [Inputs] and [Index] are set from outside, a [Query] derives a value by
/// a pure rule and records what the rule read, [Gathered] keeps one query's results for many keys.
/// A change marks its dependants; asking again re-derives only those, and stops where a result
/// comes out equal: then the old instance stays, and nobody above is asked.
@NullMarked
package dev.postern.gatewayapi.memo;

import org.jspecify.annotations.NullMarked;
