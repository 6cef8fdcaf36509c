package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The CEL rules of Gateway, and what an API server says about addresses.
final class GatewayRules {
  private static final Set<String> WITHOUT_TLS = Set.of("HTTP", "TCP", "UDP");
  private static final Set<String> WITHOUT_HOSTNAME = Set.of("TCP", "UDP");

  private GatewayRules() {}

  static void listenerProtocols(Items listeners, Reporter report) {
    for (int i = 0; i < listeners.list().size(); i++) {
      if (listeners.list().get(i) instanceof Fields listener) {
        listenerProtocol("[" + i + "]", listener, report);
      }
    }
  }

  private static void listenerProtocol(String at, Fields listener, Reporter report) {
    String protocol = listener.textOrEmpty("protocol");
    Fields tls = listener.map("tls");
    if (WITHOUT_TLS.contains(protocol) && tls != null) {
      report.error(
          at + ".tls",
          MetadataSchema.lineOf(listener, "tls"),
          "a listener with protocol "
              + protocol
              + " takes no tls; use protocol HTTPS or TLS, or remove tls");
    }
    if (protocol.equals("HTTPS") && tls != null && !tls.textOrEmpty("mode").equals("Terminate")) {
      report.error(
          at + ".tls.mode",
          MetadataSchema.lineOf(tls, "mode"),
          "a listener with protocol HTTPS needs mode Terminate; passing TLS through takes protocol"
              + " TLS");
    }
    if (protocol.equals("TLS") && tls == null) {
      report.error(at, listener.line(), "a listener with protocol TLS needs tls with a mode");
    }
    if (WITHOUT_HOSTNAME.contains(protocol) && listener.has("hostname")) {
      report.error(
          at + ".hostname",
          MetadataSchema.lineOf(listener, "hostname"),
          "a listener with protocol " + protocol + " knows no host names; remove hostname");
    }
  }

  static void listenersDistinct(Items listeners, Reporter report) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < listeners.list().size(); i++) {
      if (listeners.list().get(i) instanceof Fields listener) {
        String hostname = listener.textOrEmpty("hostname");
        String what =
            "port "
                + listener.number("port")
                + ", protocol "
                + listener.textOrEmpty("protocol")
                + (hostname.isEmpty() ? " and no hostname" : " and hostname " + hostname);
        Integer first = seen.putIfAbsent(what, i);
        if (first != null) {
          report.error(
              "[" + i + "]",
              listener.line(),
              "has the same "
                  + what
                  + " as listener ["
                  + first
                  + "]; the combination may be there once");
        }
      }
    }
  }

  static void certificatesPresent(Fields tls, Reporter report) {
    Fields options = tls.map("options");
    if (tls.textOrEmpty("mode").equals("Terminate")
        && tls.items("certificateRefs").isEmpty()
        && (options == null || options.size() == 0)) {
      report.error("", 0, "mode Terminate needs certificateRefs (or options)");
    }
  }

  /// Not a rule of the CRD, which would select nothing without a word.
  static void selectorPresent(Fields namespaces, Reporter report) {
    if (namespaces.textOrEmpty("from").equals("Selector") && !namespaces.has("selector")) {
      report.warning(
          "", 0, "from: Selector without a selector selects no namespace; add the selector");
    }
  }

  static void addressValue(Fields address, Reporter report) {
    String value = address.text("value");
    if (value == null) {
      return;
    }
    int line = MetadataSchema.lineOf(address, "value");
    switch (address.textOrEmpty("type")) {
      case "IPAddress" -> {
        if (!IpAddresses.isAddress(value)) {
          report.error(
              "value", line, "'" + Checker.shown(value) + "' is not an IPv4 or IPv6 address");
        }
      }
      case "Hostname" -> {
        if (!TextFormat.HOSTNAME.matches(value)) {
          report.error(
              "value",
              line,
              "'" + Checker.shown(value) + "' must be " + TextFormat.HOSTNAME.words());
        }
      }
      default -> {}
    }
  }

  static void addressesDistinct(Items addresses, Reporter report) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < addresses.list().size(); i++) {
      if (addresses.list().get(i) instanceof Fields address && address.text("value") != null) {
        String type = address.textOrEmpty("type");
        String value = address.textOrEmpty("value");
        boolean compared = type.equals("IPAddress") || type.equals("Hostname");
        Integer first = compared ? seen.putIfAbsent(type + " " + value, i) : null;
        if (first != null) {
          report.error(
              "[" + i + "]",
              address.line(),
              "the "
                  + type.toLowerCase(Locale.ROOT)
                  + " "
                  + Checker.shown(value)
                  + " is at ["
                  + first
                  + "] already");
        }
      }
    }
  }

  static void qualifiedKeys(Fields map, Reporter report) {
    for (int i = 0; i < map.size(); i++) {
      if (!TextFormat.isQualifiedName(map.key(i))) {
        report.error(
            "[" + map.key(i) + "]",
            map.keyLine(i),
            "the key '"
                + Checker.shown(map.key(i))
                + "' must be a name, or domain/name in lower case, the name not longer than 63");
      }
    }
  }
}
