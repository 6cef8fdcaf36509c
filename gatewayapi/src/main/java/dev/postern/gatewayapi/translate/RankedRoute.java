package dev.postern.gatewayapi.translate;

import dev.postern.ir.Route;
import java.util.Comparator;

/// An ir route and its place among others.
record RankedRoute(Rank rank, Route route) {
  static final Comparator<RankedRoute> ORDER = Comparator.comparing(RankedRoute::rank);
}
