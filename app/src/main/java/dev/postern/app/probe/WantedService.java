package dev.postern.app.probe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The Service that the manifests are for.
///
/// @param exists whether it is in a cluster already, so that it is to be patched and not made
public record WantedService(String namespace, String name, int port, boolean exists) {
  private static final Pattern IN_CLUSTER =
      Pattern.compile(
          "([a-z]([a-z0-9-]*[a-z0-9])?)\\.([a-z0-9]([a-z0-9-]*[a-z0-9])?)\\.svc(\\..*)?");

  private static final int LONGEST = 63;

  /// As the host's name has it: a Service of a cluster, else one that is to be made.
  public static WantedService of(ProbeTarget target) {
    String host = target.hostName();
    Matcher service = IN_CLUSTER.matcher(host);
    if (service.matches()) {
      return new WantedService(service.group(3), service.group(1), target.port(), true);
    }
    String name = "backend-" + target.port();
    if (!target.isAddress() && !host.equals("localhost")) {
      String dashed = host.replaceAll("[^a-z0-9]+", "-");
      dashed = dashed.matches("[a-z].*") ? dashed : "backend-" + dashed;
      name = dashed.substring(0, Math.min(LONGEST, dashed.length())).replaceAll("-+$", "");
    }
    return new WantedService("default", name, target.port(), false);
  }
}
