package dev.postern.gatewayapi.translate;

import dev.postern.gatewayapi.resource.HttpRoute.Filter;
import dev.postern.gatewayapi.resource.HttpRoute.Header;
import dev.postern.gatewayapi.resource.HttpRoute.HeaderModifier;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.HeaderMutation.HeaderValue;
import java.util.List;
import java.util.Locale;

/// RequestHeaderModifier and ResponseHeaderModifier as the ir says them. Of each there is at most
/// one (HTTPRouteRule.filters).
final class HeaderFilters {
  private HeaderFilters() {}

  static HeaderMutation request(List<Filter> filters) {
    return filters.stream()
        .filter(Filter.RequestHeaderModifier.class::isInstance)
        .map(filter -> lower(((Filter.RequestHeaderModifier) filter).modifier()))
        .findFirst()
        .orElse(HeaderMutation.NONE);
  }

  static HeaderMutation response(List<Filter> filters) {
    return filters.stream()
        .filter(Filter.ResponseHeaderModifier.class::isInstance)
        .map(filter -> lower(((Filter.ResponseHeaderModifier) filter).modifier()))
        .findFirst()
        .orElse(HeaderMutation.NONE);
  }

  private static HeaderMutation lower(HeaderModifier modifier) {
    return new HeaderMutation(
        values(modifier.set()),
        values(modifier.add()),
        modifier.remove().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
  }

  private static List<HeaderValue> values(List<Header> headers) {
    return headers.stream()
        .map(header -> new HeaderValue(header.name().toLowerCase(Locale.ROOT), header.value()))
        .toList();
  }
}
