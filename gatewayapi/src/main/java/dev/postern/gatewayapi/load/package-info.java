/// Text of one manifest file in, objects and findings out, as an API server would accept them.
///
/// [Manifest] is the entry. `TreeReader` turns YAML or JSON into [Node]s with lines; `KindTable`
/// says which kinds and versions are read; `Checker` walks a tree along a `Schema` (fields, limits,
/// defaults, rules), which the `*Schema` classes hold as data and the `*Rules` classes as
/// predicates; the `*Decoder` classes make the records.
@NullMarked
package dev.postern.gatewayapi.load;

import org.jspecify.annotations.NullMarked;
