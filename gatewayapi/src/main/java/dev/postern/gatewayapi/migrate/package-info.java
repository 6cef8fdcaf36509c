/// From ingress-nginx to the Gateway API.
///
/// [Migrator] takes the documents of some files, finds out what nginx made of each [Location], asks
/// one class for each family of annotations what becomes of it, and returns a [Migration]: objects,
/// and a [Judgement] for every annotation at every path. What no class has judged is reported by
/// [AnnotationTable], so that nothing is lost in silence.
@NullMarked
package dev.postern.gatewayapi.migrate;

import org.jspecify.annotations.NullMarked;
