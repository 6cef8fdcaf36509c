/// Counters, gauges and histograms under Envoy's names. Depends on the JDK alone.
///
/// A [StatGroup] is one object's set of stats (a cluster, a listener): its names are a shared
/// [StatSchema], its values one small array for each worker that touched it, so that counting costs
/// one plain addition and ten thousand clusters cost little memory. [StatStore] holds the groups;
/// [StatText], [StatJson] and [StatPrometheus] print what a [StatFilter] takes.
@NullMarked
package dev.postern.stats;

import org.jspecify.annotations.NullMarked;
