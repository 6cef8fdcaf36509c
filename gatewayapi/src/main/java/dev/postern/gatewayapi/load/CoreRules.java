package dev.postern.gatewayapi.load;

import static dev.postern.gatewayapi.load.MetadataSchema.lineOf;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.load.Schema.Reporter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the API server checks of Services, EndpointSlices, Secrets and ConfigMaps (validation.go of
/// kubernetes/kubernetes), as far as Postern reads them. One check is left out on purpose:
/// EndpointSlices in files may hold loopback addresses.
final class CoreRules {
  private static final int DATA_LIMIT = 1024 * 1024;

  private CoreRules() {}

  static void dataKeys(Fields data, Reporter report) {
    for (int i = 0; i < data.size(); i++) {
      String key = data.key(i);
      if (key.length() > 253
          || key.equals(".")
          || key.startsWith("..")
          || !key.chars()
              .allMatch(c ->
                  (c >= 'a' && c <= 'z')
                      || (c >= 'A' && c <= 'Z')
                      || (c >= '0' && c <= '9')
                      || c == '-'
                      || c == '_'
                      || c == '.')
          || key.isEmpty()) {
        report.error(
            "[" + key + "]",
            data.keyLine(i),
            "the key '" + Checker.shown(key) + "' must be letters, digits, '-', '_' and '.'");
      }
    }
  }

  /// More than may be is not decoded: [#sizeLimit] refuses the object anyway.
  static void base64Values(Fields data, Reporter report) {
    long size = 0;
    for (int i = 0; i < data.size(); i++) {
      size += data.value(i) instanceof Scalar scalar ? decodedLength(scalar.text()) : 0;
      if (size > DATA_LIMIT) {
        return;
      }
      if (data.value(i) instanceof Scalar scalar && decode(scalar.text()) == null) {
        report.error(
            "[" + data.key(i) + "]",
            data.keyLine(i),
            scalar.text().contains("-----BEGIN")
                ? "must be base64, and this is PEM as it is; put it into stringData instead"
                : "is not valid base64");
      }
    }
  }

  /// The bytes, or null. Line breaks are fine, other white space is not, as Go has it.
  static byte @Nullable [] decode(String base64) {
    String text =
        base64.indexOf('\n') >= 0 || base64.indexOf('\r') >= 0
            ? base64.replace("\n", "").replace("\r", "")
            : base64;
    if (text.length() % 4 != 0) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static void keyInOneMap(Fields configMap, Reporter report) {
    Fields data = configMap.map("data");
    Fields binary = configMap.map("binaryData");
    if (data == null || binary == null) {
      return;
    }
    for (int i = 0; i < binary.size(); i++) {
      if (data.has(binary.key(i))) {
        report.error(
            "binaryData[" + binary.key(i) + "]",
            binary.keyLine(i),
            "the key '" + binary.key(i) + "' is in data too; keep one of them");
      }
    }
  }

  static void sizeLimit(Fields object, Reporter report) {
    long size = 0;
    for (String name : List.of("data", "binaryData", "stringData")) {
      Fields data = object.map(name);
      for (int i = 0; data != null && i < data.size(); i++) {
        String text = data.value(i) instanceof Scalar scalar ? scalar.text() : "";
        boolean encoded = name.equals("binaryData") || (name.equals("data") && object.has("type"));
        size += encoded ? decodedLength(text) : text.length();
      }
    }
    if (size > DATA_LIMIT) {
      report.error("", 0, "holds " + size + " bytes of data; 1048576 are allowed");
    }
  }

  private static long decodedLength(String base64) {
    return base64.length() / 4 * 3L;
  }

  static void keysOfType(Fields secret, Reporter report) {
    List<String> needed =
        switch (secret.textOrEmpty("type")) {
          case "kubernetes.io/tls" -> List.of("tls.crt", "tls.key");
          case "kubernetes.io/dockerconfigjson" -> List.of(".dockerconfigjson");
          case "kubernetes.io/dockercfg" -> List.of(".dockercfg");
          case "kubernetes.io/ssh-auth" -> List.of("ssh-privatekey");
          default -> List.of();
        };
    Fields data = secret.map("data");
    Fields strings = secret.map("stringData");
    for (String key : needed) {
      if ((data == null || !data.has(key)) && (strings == null || !strings.has(key))) {
        report.error(
            "data[" + key + "]",
            lineOf(secret, data == null ? "stringData" : "data"),
            "a Secret of type "
                + secret.textOrEmpty("type")
                + " needs the key "
                + key
                + " in data or stringData");
      }
    }
  }

  static void portWords(Fields port, Reporter report) {
    String name = port.textOrEmpty("name");
    if (!name.isEmpty() && !TextFormat.isLabel(name)) {
      report.error(
          "name",
          lineOf(port, "name"),
          "'" + Checker.shown(name) + "' must be " + TextFormat.DNS_LABEL.words());
    }
    String appProtocol = port.text("appProtocol");
    if (appProtocol != null && !TextFormat.isQualifiedName(appProtocol)) {
      report.error(
          "appProtocol",
          lineOf(port, "appProtocol"),
          "'"
              + Checker.shown(appProtocol)
              + "' must be a name or domain/name, such as https or kubernetes.io/h2c");
    }
  }

  static void servicePorts(Items ports, Reporter report) {
    Map<String, Integer> names = new HashMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    boolean several = ports.list().size() > 1;
    for (int i = 0; i < ports.list().size(); i++) {
      if (ports.list().get(i) instanceof Fields port) {
        String name = port.textOrEmpty("name");
        if (name.isEmpty() && several) {
          report.error(
              "[" + i + "]", port.line(), "a Service with several ports needs a name for each");
        }
        Integer sameName = name.isEmpty() ? null : names.putIfAbsent(name, i);
        if (sameName != null) {
          report.error(
              "[" + i + "].name",
              lineOf(port, "name"),
              "port [" + sameName + "] has the name '" + Checker.shown(name) + "' already");
        }
        String number = port.number("port") + "/" + port.textOrEmpty("protocol");
        Integer sameNumber = numbers.putIfAbsent(number, i);
        if (sameNumber != null) {
          report.error(
              "[" + i + "].port",
              lineOf(port, "port"),
              "port [" + sameNumber + "] is " + number + " already");
        }
      }
    }
  }

  static void serviceTypeFits(Fields spec, Reporter report) {
    boolean externalName = spec.textOrEmpty("type").equals("ExternalName");
    String target = spec.textOrEmpty("externalName");
    if (externalName) {
      // A trailing dot is fine, as in DNS.
      String name = target.endsWith(".") ? target.substring(0, target.length() - 1) : target;
      if (target.isEmpty()) {
        report.error("externalName", 0, "type ExternalName needs an externalName");
      } else if (name.length() > 253 || !TextFormat.isDomain(name)) {
        report.error(
            "externalName",
            lineOf(spec, "externalName"),
            "'" + Checker.shown(target) + "' must be " + TextFormat.DOMAIN.words());
      }
    } else if (spec.items("ports").isEmpty() && !spec.textOrEmpty("clusterIP").equals("None")) {
      report.error("ports", 0, "needs at least one port");
    }
  }

  static void addressesFit(Fields slice, Reporter report) {
    String type = slice.textOrEmpty("addressType");
    List<Fields> endpoints = slice.maps("endpoints");
    for (int i = 0; i < endpoints.size(); i++) {
      List<Node> addresses = endpoints.get(i).items("addresses");
      for (int j = 0; j < addresses.size(); j++) {
        if (addresses.get(j) instanceof Scalar address && !fits(type, address.text())) {
          report.error(
              "endpoints[" + i + "].addresses[" + j + "]",
              address.line(),
              "'"
                  + Checker.shown(address.text())
                  + "' is not "
                  + words(type)
                  + ", which addressType says");
        }
      }
    }
  }

  private static boolean fits(String addressType, String address) {
    return switch (addressType) {
      case "IPv4" -> IpAddresses.isV4(address);
      case "IPv6" -> IpAddresses.isV6(address);
      default -> address.length() <= 253 && TextFormat.isDomain(address);
    };
  }

  private static String words(String addressType) {
    return switch (addressType) {
      case "IPv4" -> "an IPv4 address";
      case "IPv6" -> "an IPv6 address";
      default -> "a host name";
    };
  }
}
