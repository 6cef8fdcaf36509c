package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.texts;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.LabelSelector;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// GatewayClass and Gateway.
final class GatewayDecoder {
  private GatewayDecoder() {}

  static GatewayClass gatewayClass(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    return new GatewayClass(
        metadata, version, origin, spec.textOrEmpty("controllerName"), parametersRef(spec));
  }

  static Gateway gateway(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields infrastructure = fields(spec, "infrastructure");
    List<Gateway.Listener> listeners = new ArrayList<>();
    for (Fields listener : spec.maps("listeners")) {
      listeners.add(listener(listener));
    }
    List<Gateway.Address> addresses = new ArrayList<>();
    for (Fields address : spec.maps("addresses")) {
      addresses.add(new Gateway.Address(address.textOrEmpty("type"), address.textOrEmpty("value")));
    }
    return new Gateway(
        metadata,
        version,
        origin,
        spec.textOrEmpty("gatewayClassName"),
        listeners,
        addresses,
        texts(infrastructure, "labels"),
        texts(infrastructure, "annotations"),
        parametersRef(infrastructure),
        Optional.ofNullable(fields(fields(spec, "tls"), "backend").map("clientCertificateRef"))
            .map(GatewayDecoder::secretRef),
        unsupported(spec));
  }

  private static List<String> unsupported(Fields spec) {
    List<String> paths = new ArrayList<>();
    Fields tls = fields(spec, "tls");
    if (tls.has("frontend")) {
      paths.add("spec.tls.frontend");
    }
    if (spec.textOrEmpty("defaultScope").equals("All")) {
      paths.add("spec.defaultScope");
    }
    return paths;
  }

  private static Optional<GatewayClass.LocalParametersRef> parametersRef(Fields parent) {
    Fields ref = parent.map("parametersRef");
    return ref == null
        ? Optional.empty()
        : Optional.of(new GatewayClass.LocalParametersRef(kind(ref), ref.textOrEmpty("name")));
  }

  static Kind kind(Fields ref) {
    return Kinds.of(ref.textOrEmpty("group"), ref.textOrEmpty("kind"));
  }

  private static Gateway.Listener listener(Fields listener) {
    Fields tls = listener.map("tls");
    return new Gateway.Listener(
        listener.textOrEmpty("name"),
        optional(listener, "hostname"),
        (int) listener.number("port"),
        listener.textOrEmpty("protocol"),
        tls == null ? Optional.empty() : Optional.of(tls(tls)),
        allowedRoutes(fields(listener, "allowedRoutes")));
  }

  private static Gateway.Tls tls(Fields tls) {
    List<Gateway.SecretRef> refs = new ArrayList<>();
    for (Fields ref : tls.maps("certificateRefs")) {
      refs.add(secretRef(ref));
    }
    return new Gateway.Tls(tls.textOrEmpty("mode"), refs, texts(tls, "options"));
  }

  private static Gateway.SecretRef secretRef(Fields ref) {
    return new Gateway.SecretRef(kind(ref), optional(ref, "namespace"), ref.textOrEmpty("name"));
  }

  private static Gateway.AllowedRoutes allowedRoutes(Fields allowed) {
    List<Kind> kinds = new ArrayList<>();
    for (Fields kind : allowed.maps("kinds")) {
      kinds.add(kind(kind));
    }
    Fields namespaces = fields(allowed, "namespaces");
    Gateway.FromNamespaces from =
        switch (namespaces.textOrEmpty("from")) {
          case "All" -> new Gateway.FromNamespaces.All();
          case "Selector" -> {
            Fields selector = namespaces.map("selector");
            yield selector == null
                ? new Gateway.FromNamespaces.None()
                : new Gateway.FromNamespaces.Selected(selector(selector));
          }
          default -> new Gateway.FromNamespaces.Same();
        };
    return new Gateway.AllowedRoutes(from, kinds);
  }

  private static LabelSelector selector(Fields selector) {
    List<LabelSelector.Requirement> requirements = new ArrayList<>();
    for (Fields expression : selector.maps("matchExpressions")) {
      requirements.add(
          new LabelSelector.Requirement(
              expression.textOrEmpty("key"),
              switch (expression.textOrEmpty("operator")) {
                case "In" -> LabelSelector.Operator.IN;
                case "NotIn" -> LabelSelector.Operator.NOT_IN;
                case "Exists" -> LabelSelector.Operator.EXISTS;
                default -> LabelSelector.Operator.DOES_NOT_EXIST;
              },
              Metadatas.textList(expression, "values")));
    }
    return new LabelSelector(texts(selector, "matchLabels"), requirements);
  }
}
