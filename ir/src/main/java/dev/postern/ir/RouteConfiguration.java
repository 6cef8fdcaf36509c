package dev.postern.ir;

import java.util.List;

/// The virtual hosts of one filter chain.
///
/// @param name the filter chain's name
/// @param virtualHosts no two with one domain
public record RouteConfiguration(String name, List<VirtualHost> virtualHosts) {
  /// Takes nothing.
  public static final RouteConfiguration NONE = new RouteConfiguration("", List.of());

  public RouteConfiguration {
    virtualHosts = List.copyOf(virtualHosts);
  }
}
