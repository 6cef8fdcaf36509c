package dev.postern.gatewayapi.load;

/// What a scalar is. Kubernetes reads YAML 1.1 here (its library is a fork of go-yaml 2): `yes`,
/// `on` and `y` without quotes are booleans, dates are texts.
enum ScalarType {
  TEXT,
  INTEGER,
  DECIMAL,
  BOOLEAN,
  NULL;

  boolean isNumber() {
    return this == INTEGER || this == DECIMAL;
  }

  /// The type of a scalar without quotes and without a tag.
  static ScalarType ofPlain(String text) {
    if (text.isEmpty()) {
      return NULL;
    }
    char first = text.charAt(0);
    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
      return Numbers.typeOf(text);
    }
    if (text.length() > 5) {
      return TEXT;
    }
    return switch (text) {
      case "~", "null", "Null", "NULL" -> NULL;
      case "true", "True", "TRUE", "yes", "Yes", "YES", "y", "Y", "on", "On", "ON" -> BOOLEAN;
      case "false", "False", "FALSE", "no", "No", "NO", "n", "N", "off", "Off", "OFF" -> BOOLEAN;
      default -> TEXT;
    };
  }

  /// Whether a scalar that is a boolean says yes.
  static boolean isTrue(String text) {
    return switch (text) {
      case "true", "True", "TRUE", "yes", "Yes", "YES", "y", "Y", "on", "On", "ON" -> true;
      default -> false;
    };
  }
}
