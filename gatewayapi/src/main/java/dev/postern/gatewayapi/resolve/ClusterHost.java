package dev.postern.gatewayapi.resolve;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A host name that the cluster's own DNS answers, such as `pay.bank.svc.cluster.local`
/// (Kubernetes, "DNS for Services and Pods"). Who is reached by it is reached around the
/// ReferenceGrants and the policies of its Service (CVE-2021-25740).
///
/// @param namespace empty where the name has none
/// @param service empty where the name has none
public record ClusterHost(String name, String namespace, String service) {
  private static final String DOMAIN = ".cluster.local";
  private static final String SERVICES = ".svc";

  /// Absent for a name that is not the cluster's.
  public static Optional<ClusterHost> of(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    boolean whole = name.endsWith(DOMAIN);
    String rest = whole ? name.substring(0, name.length() - DOMAIN.length()) : name;
    if (!rest.endsWith(SERVICES)) {
      return whole ? Optional.of(new ClusterHost(host, "", "")) : Optional.empty();
    }
    List<String> parts =
        Arrays.asList(rest.substring(0, rest.length() - SERVICES.length()).split("\\.", -1));
    int last = parts.size() - 1;
    return Optional.of(new ClusterHost(host, parts.get(last), last > 0 ? parts.get(last - 1) : ""));
  }

  /// The same, but for names of a namespace, whose Services its own objects may name.
  static Optional<ClusterHost> ofAnother(String host, String namespace) {
    return of(host).filter(name -> !name.namespace().equals(namespace));
  }

  /// Why it is not connected to, as the end of a sentence about the object that names it.
  String refusal() {
    return " names "
        + name
        + " of the cluster, which goes around the ReferenceGrants and policies there; refer to "
        + (service.isEmpty() ? "the Service" : "Service " + namespace + "/" + service)
        + " instead";
  }
}
