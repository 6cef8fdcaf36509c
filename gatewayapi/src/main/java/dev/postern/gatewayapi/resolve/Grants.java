package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.ReferenceGrant;

/// Whether a reference across namespaces is allowed (GEP-709).
final class Grants {
  private final Objects objects;

  Grants(Objects objects) {
    this.objects = objects;
  }

  /// Within one namespace everything is allowed; across, the target's namespace must say so.
  boolean permit(Kind from, String fromNamespace, ObjectRef to) {
    return fromNamespace.equals(to.namespace())
        || objects.grantsIn(to.namespace()).stream()
            .flatMap(ref -> objects.find(ref, ReferenceGrant.class).stream())
            .anyMatch(grant -> permits(grant, from, fromNamespace, to));
  }

  private static boolean permits(
      ReferenceGrant grant, Kind from, String fromNamespace, ObjectRef to) {
    return grant.from().contains(new ReferenceGrant.From(from, fromNamespace))
        && grant.to().stream()
            .anyMatch(
                t -> t.kind().equals(to.kind()) && t.name().map(to.name()::equals).orElse(true));
  }

  /// What a person has to write so that the reference is allowed.
  static String missing(Kind from, String fromNamespace, ObjectRef to) {
    return to
        + " is in another namespace, and no ReferenceGrant in namespace "
        + to.namespace()
        + " lets "
        + from.kind()
        + " of namespace "
        + fromNamespace
        + " refer to "
        + to.kind().kind()
        + " "
        + to.name()
        + ". Create one there.";
  }
}
