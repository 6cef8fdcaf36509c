package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Schema.list;
import static dev.postern.gatewayapi.load.Schema.object;
import static dev.postern.gatewayapi.load.Schema.oneOf;
import static dev.postern.gatewayapi.load.Schema.text;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// BackendTLSPolicy (v1 and v1alpha3 alike) and ReferenceGrant (v1 and v1beta1 alike).
final class PolicySchema {
  private PolicySchema() {}

  static final Obj REFERENCE_GRANT =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required(
                      "from",
                      list(
                          object()
                              .required("group", Shapes.GROUP)
                              .required("kind", Shapes.KIND)
                              .required("namespace", Shapes.NAMESPACE),
                          1,
                          16))
                  .required(
                      "to",
                      list(
                          object()
                              .required("group", Shapes.GROUP)
                              .required("kind", Shapes.KIND)
                              .optional("name", Shapes.OBJECT_NAME),
                          1,
                          16)));

  private static Obj subjectAltName() {
    return object()
        .required("type", oneOf("Hostname", "URI"))
        .optional("hostname", Shapes.HOSTNAME)
        .optional("uri", text(1, 253, TextFormat.URI))
        .rule(PolicySchema::nameFitsType);
  }

  static Obj validation() {
    return object()
        .required("hostname", Shapes.PRECISE_HOSTNAME)
        .optional("caCertificateRefs", list(Shapes.localRef(), 0, 8))
        .optional("wellKnownCACertificates", text(1, 253, TextFormat.WELL_KNOWN_CA))
        .optional("subjectAltNames", list(subjectAltName(), 0, 5))
        .rule(PolicySchema::oneTrust);
  }

  static final Obj BACKEND_TLS_POLICY =
      MetadataSchema.object(true, MetadataSchema.subdomainName())
          .required(
              "spec",
              object()
                  .required(
                      "targetRefs",
                      list(Shapes.localRef().optional("sectionName", Shapes.SECTION_NAME), 1, 16)
                          .rule(PolicySchema::targetsDistinct))
                  .required("validation", validation())
                  .optional("options", Shapes.OPTIONS));

  private static void oneTrust(Fields validation, Reporter report) {
    boolean refs = !validation.items("caCertificateRefs").isEmpty();
    boolean wellKnown = validation.has("wellKnownCACertificates");
    if (refs && wellKnown) {
      report.error(
          "",
          0,
          "caCertificateRefs and wellKnownCACertificates do not go together; keep one of them");
    } else if (!refs && !wellKnown) {
      report.error(
          "", 0, "says no CA to trust; add caCertificateRefs, or wellKnownCACertificates: System");
    }
  }

  private static void nameFitsType(Fields name, Reporter report) {
    String type = name.textOrEmpty("type");
    for (String field : List.of("hostname", "uri")) {
      String wanted = field.equals("uri") ? "URI" : "Hostname";
      if (type.equals(wanted) && !name.has(field)) {
        report.error("", 0, "type " + type + " needs the field " + field);
      } else if (!type.equals(wanted) && name.has(field)) {
        report.error(
            field,
            MetadataSchema.lineOf(name, field),
            "the field " + field + " does not go with type " + type + "; it needs type " + wanted);
      }
    }
  }

  static void targetsDistinct(Items targets, Reporter report) {
    Map<List<String>, Fields> seen = new HashMap<>();
    Map<List<String>, Integer> exact = new HashMap<>();
    for (int i = 0; i < targets.list().size(); i++) {
      if (targets.list().get(i) instanceof Fields target) {
        List<String> what =
            List.of(
                target.textOrEmpty("group"),
                target.textOrEmpty("kind"),
                target.textOrEmpty("name"));
        Fields before = seen.putIfAbsent(what, target);
        Integer same =
            exact.putIfAbsent(
                List.of(what.get(0), what.get(1), what.get(2), target.textOrEmpty("sectionName")),
                i);
        if (same != null) {
          report.error(
              "[" + i + "]",
              target.line(),
              "is the same as [" + same + "]; give them different sectionNames, or remove one");
        } else if (before != null && before.has("sectionName") != target.has("sectionName")) {
          report.error(
              "[" + i + "]",
              target.line(),
              "refers to "
                  + Checker.shown(target.textOrEmpty("name"))
                  + " like another entry; then both need a sectionName");
        }
      }
    }
  }
}
