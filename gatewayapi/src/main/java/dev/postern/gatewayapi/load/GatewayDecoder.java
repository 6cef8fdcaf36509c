package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.Metadatas.fields;
import static dev.postern.gatewayapi.load.Metadatas.optional;
import static dev.postern.gatewayapi.load.Metadatas.texts;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.resource.Gateway;
import dev.postern.gatewayapi.resource.GatewayClass;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.LabelSelector;
import dev.postern.gatewayapi.resource.ListenerSet;
import dev.postern.gatewayapi.resource.Metadata;
import dev.postern.gatewayapi.resource.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// GatewayClass, Gateway and ListenerSet.
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
    List<Gateway.Address> addresses = new ArrayList<>();
    for (Fields address : spec.maps("addresses")) {
      addresses.add(new Gateway.Address(address.textOrEmpty("type"), address.textOrEmpty("value")));
    }
    return new Gateway(
        metadata,
        version,
        origin,
        spec.textOrEmpty("gatewayClassName"),
        listeners(spec),
        addresses,
        texts(infrastructure, "labels"),
        texts(infrastructure, "annotations"),
        parametersRef(infrastructure),
        Optional.ofNullable(fields(fields(spec, "tls"), "backend").map("clientCertificateRef"))
            .map(GatewayDecoder::secretRef),
        Optional.ofNullable(fields(spec, "tls").map("frontend")).map(GatewayDecoder::frontend),
        from(fields(fields(spec, "allowedListeners"), "namespaces"), "None"),
        unsupported(spec));
  }

  static ListenerSet listenerSet(Fields root, Metadata metadata, String version, Origin origin) {
    Fields spec = fields(root, "spec");
    Fields parent = fields(spec, "parentRef");
    return new ListenerSet(
        metadata,
        version,
        origin,
        new ListenerSet.Parent(
            kind(parent), optional(parent, "namespace"), parent.textOrEmpty("name")),
        listeners(spec));
  }

  private static List<Gateway.Listener> listeners(Fields spec) {
    List<Gateway.Listener> listeners = new ArrayList<>();
    for (Fields listener : spec.maps("listeners")) {
      listeners.add(listener(listener));
    }
    return listeners;
  }

  private static Gateway.Frontend frontend(Fields frontend) {
    Map<Integer, Optional<Gateway.Validation>> perPort = new HashMap<>();
    for (Fields port : frontend.maps("perPort")) {
      perPort.put((int) port.number("port"), validation(fields(port, "tls")));
    }
    return new Gateway.Frontend(validation(fields(frontend, "default")), perPort);
  }

  private static Optional<Gateway.Validation> validation(Fields tls) {
    Fields validation = tls.map("validation");
    if (validation == null) {
      return Optional.empty();
    }
    List<Gateway.SecretRef> refs = new ArrayList<>();
    for (Fields ref : validation.maps("caCertificateRefs")) {
      refs.add(secretRef(ref));
    }
    return Optional.of(
        new Gateway.Validation(
            refs, validation.textOrEmpty("mode").equals("AllowInsecureFallback")));
  }

  private static List<String> unsupported(Fields spec) {
    return spec.textOrEmpty("defaultScope").equals("All")
        ? List.of("spec.defaultScope")
        : List.of();
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
    return new Gateway.AllowedRoutes(from(fields(allowed, "namespaces"), "Same"), kinds);
  }

  private static Gateway.FromNamespaces from(Fields namespaces, String byDefault) {
    String from = namespaces.textOrEmpty("from");
    return switch (from.isEmpty() ? byDefault : from) {
      case "All" -> new Gateway.FromNamespaces.All();
      case "Same" -> new Gateway.FromNamespaces.Same();
      case "Selector" -> {
        Fields selector = namespaces.map("selector");
        yield selector == null
            ? new Gateway.FromNamespaces.None()
            : new Gateway.FromNamespaces.Selected(selector(selector));
      }
      default -> new Gateway.FromNamespaces.None();
    };
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
