package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.HttpRoute.Filter;
import dev.postern.gatewayapi.resource.HttpRoute.Filter.ExtensionRef;
import dev.postern.gatewayapi.resource.RouteObject;
import java.util.ArrayList;
import java.util.List;

/// Filters of a rule and of its backends that cannot be found. They must not be skipped: requests
/// get an error (HTTPRouteFilter.extensionRef).
final class UnknownFilters {
  private UnknownFilters() {}

  static List<Refusal> of(int rule, RouteObject.Rule spec) {
    List<Refusal> unknown = new ArrayList<>();
    add("rule " + rule + ", filters[", spec.filters(), unknown);
    for (int i = 0; i < spec.backendRefs().size(); i++) {
      String at = "rule " + rule + ", backendRefs[" + i + "].filters[";
      add(at, spec.backendRefs().get(i).filters(), unknown);
    }
    return unknown;
  }

  private static void add(String at, List<Filter> filters, List<Refusal> into) {
    for (int i = 0; i < filters.size(); i++) {
      if (filters.get(i) instanceof ExtensionRef ref) {
        into.add(
            new Refusal(
                "InvalidKind",
                at
                    + i
                    + "]: Postern knows no filters of kind "
                    + ref.kind()
                    + " such as "
                    + ref.name()
                    + "; requests of this rule get 500 until it is removed"));
      }
    }
  }
}
