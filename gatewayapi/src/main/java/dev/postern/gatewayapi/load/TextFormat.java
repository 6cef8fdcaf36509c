package dev.postern.gatewayapi.load;

import java.util.function.Predicate;

/// A form that a text must have: the regular expression by which the CRDs and the API server say
/// it, a test of our own that costs little, and words for a person.
///
/// @param pattern as upstream writes it; matches anywhere in the text unless it has anchors
/// @param words completes "must be ..."
record TextFormat(String pattern, Predicate<String> test, String words) {
  private static final String LABEL_PATTERN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String DOMAIN_PATTERN = LABEL_PATTERN + "(\\." + LABEL_PATTERN + ")*";

  static final TextFormat DNS_LABEL =
      new TextFormat(
          "^" + LABEL_PATTERN + "$",
          TextFormat::isLabel,
          "lower-case letters, digits and '-', with a letter or digit at both ends");

  static final TextFormat DOMAIN =
      new TextFormat(
          "^" + DOMAIN_PATTERN + "$",
          TextFormat::isDomain,
          "lower-case letters, digits, '-' and '.', such as example.com, with a letter or digit at"
              + " both ends of each part");

  static final TextFormat ROOTED_DOMAIN =
      new TextFormat(
          "^" + DOMAIN_PATTERN + "\\.?$",
          text -> isDomain(text.endsWith(".") ? text.substring(0, text.length() - 1) : text),
          DOMAIN.words());

  static final TextFormat GROUP =
      new TextFormat(
          "^$|^" + DOMAIN_PATTERN + "$",
          text -> text.isEmpty() || isDomain(text),
          "an API group, such as gateway.networking.k8s.io, or empty for the core group, without a"
              + " version");

  static final TextFormat KIND =
      new TextFormat(
          "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$",
          text ->
              !text.isEmpty()
                  && isAsciiLetter(text.charAt(0))
                  && isAsciiLetterOrDigit(text.charAt(text.length() - 1))
                  && all(text, c -> isAsciiLetterOrDigit(c) || c == '-'),
          "a kind, such as Service: letters, digits and '-'");

  static final TextFormat HOSTNAME =
      new TextFormat(
          "^(\\*\\.)?" + DOMAIN_PATTERN + "$",
          text -> isDomain(text.startsWith("*.") ? text.substring(2) : text),
          "a host name in lower case, such as example.com or *.example.com, without port and path");

  static final TextFormat HEADER_NAME =
      new TextFormat(
          "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$",
          text -> !text.isEmpty() && all(text, TextFormat::isTokenChar),
          "a header name: letters, digits, '-' and a few other signs, without spaces and ':'");

  static final TextFormat PARAMETER_NAME =
      new TextFormat(
          HEADER_NAME.pattern(),
          HEADER_NAME.test(),
          "a parameter name: letters, digits, '-' and a few other signs");

  static final TextFormat HEADER_VALUE =
      new TextFormat(
          "^[!-~]+([\\t ]?[!-~]+)*$",
          TextFormat::isHeaderValue,
          "printable ASCII without a space at either end and without two spaces in a row");

  static final TextFormat DURATION =
      new TextFormat(
          "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
          text -> Durations.parse(text) >= 0,
          "a duration such as 10s, 500ms or 1h30m: whole numbers with h, m, s or ms");

  static final TextFormat LABEL_VALUE =
      new TextFormat(
          "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
          text -> text.isEmpty() || isQualifiedPart(text),
          "empty, or letters, digits, '-', '_' and '.', with a letter or digit at both ends");

  static final TextFormat CONTROLLER_NAME =
      new TextFormat(
          "^" + DOMAIN_PATTERN + "\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$",
          TextFormat::isDomainAndPath,
          "a domain and a path, such as example.com/gateway-controller");

  static final TextFormat ADDRESS_TYPE =
      ofPattern(
          "^Hostname|IPAddress|NamedAddress|"
              + DOMAIN_PATTERN
              + "\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$",
          "IPAddress, Hostname, or a type of an implementation such as example.com/type");

  static final TextFormat PROTOCOL =
      ofPattern(
          "^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|" + DOMAIN_PATTERN + "\\/[A-Za-z0-9]+$",
          "HTTP, HTTPS, TLS, TCP, UDP, or a protocol of an implementation such as example.com/bar");

  static final TextFormat WELL_KNOWN_CA =
      ofPattern(
          "^(System|(" + DOMAIN_PATTERN + "/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$",
          "System, or a set of an implementation such as example.com/name");

  static final TextFormat URI =
      ofPattern(
          "^(([^:/?#]+):)(//([^/?#]*))([^?#]*)(\\?([^#]*))?(#(.*))?",
          "a URI with scheme and host, such as spiffe://cluster.local/ns/default/sa/web");

  static final TextFormat CORS_ORIGIN =
      ofPattern(
          "(^\\*$)|(^(http(s)?):\\/\\/(((\\*\\.)?([a-zA-Z0-9\\-]+\\.)*[a-zA-Z0-9-]+|\\*)(:([0-9]{1,5}))?)$)",
          "an origin such as https://example.com, or *");

  static final TextFormat URL_PATH =
      new TextFormat(
          "^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$",
          TextFormat::isUrlPath,
          "a path: letters, digits, the signs -/._~!$&'()*+,;=:@ and %xx for all others");

  /// As Go and protocol buffers write durations, as far as milliseconds tell them apart.
  static final TextFormat GO_DURATION =
      new TextFormat(
          "^([0-9]+(\\.[0-9]+)?(h|m|s|ms))+$",
          text -> Durations.parseGo(text) >= 0,
          "a duration such as 10s, 0.5s or 1h30m");

  static final TextFormat CGI_NAME =
      ofPattern(
          "^[A-Za-z_][A-Za-z0-9_]*$",
          "the name of a parameter, such as SCRIPT_FILENAME: letters, digits and '_'");

  static final TextFormat ROOT_PATH =
      ofPattern("^/[^\\x00-\\x1f\\x7f]*$", "an absolute path, such as /var/www/html");

  static final TextFormat FILE_NAME =
      ofPattern("^[A-Za-z0-9._-]*$", "the name of a file, such as index.php, without a path");

  static final TextFormat SUFFIX =
      ofPattern("^\\.[A-Za-z0-9._-]+$", "a suffix with its dot, such as .php");

  /// A form that is rare enough to let the expression itself decide, in linear time.
  private static TextFormat ofPattern(String pattern, String words) {
    return new TextFormat(pattern, new LazyPattern(pattern), words);
  }

  boolean matches(String text) {
    return test.test(text);
  }

  static boolean isLabel(String text) {
    return isLabel(text, 0, text.length());
  }

  private static boolean isLabel(String text, int from, int to) {
    if (from >= to || text.charAt(from) == '-' || text.charAt(to - 1) == '-') {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
        return false;
      }
    }
    return true;
  }

  static boolean isDomain(String text) {
    int from = 0;
    while (true) {
      int dot = text.indexOf('.', from);
      if (!isLabel(text, from, dot < 0 ? text.length() : dot)) {
        return false;
      }
      if (dot < 0) {
        return true;
      }
      from = dot + 1;
    }
  }

  /// `name` or `domain/name`, as keys of labels and annotations are written, and appProtocol.
  static boolean isQualifiedName(String text) {
    int slash = text.indexOf('/');
    String name = text.substring(slash + 1);
    return (slash < 0 || (slash <= 253 && isDomain(text.substring(0, slash))))
        && name.length() <= 63
        && isQualifiedPart(name);
  }

  private static boolean isQualifiedPart(String text) {
    return !text.isEmpty()
        && isAsciiLetterOrDigit(text.charAt(0))
        && isAsciiLetterOrDigit(text.charAt(text.length() - 1))
        && all(text, c -> isAsciiLetterOrDigit(c) || c == '-' || c == '_' || c == '.');
  }

  private static boolean isHeaderValue(String text) {
    if (text.isEmpty()) {
      return false;
    }
    boolean afterSpace = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean space = c == ' ' || c == '\t';
      if (space ? afterSpace : c < '!' || c > '~') {
        return false;
      }
      afterSpace = space;
    }
    return !afterSpace;
  }

  private static boolean isDomainAndPath(String text) {
    int slash = text.indexOf('/');
    return slash > 0
        && slash < text.length() - 1
        && isDomain(text.substring(0, slash))
        && all(
            text.substring(slash + 1),
            c -> isAsciiLetterOrDigit(c) || "/-._~%!$&'()*+,;=:".indexOf(c) >= 0);
  }

  private static boolean isUrlPath(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || Character.digit(text.charAt(i + 1), 16) < 0
            || Character.digit(text.charAt(i + 2), 16) < 0
            || text.charAt(i + 1) > 'f'
            || text.charAt(i + 2) > 'f') {
          return false;
        }
        i += 2;
      } else if (!isAsciiLetterOrDigit(c) && "-/._~!$&'()*+,;=:@".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isTokenChar(char c) {
    return isAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isAsciiLetterOrDigit(char c) {
    return isAsciiLetter(c) || (c >= '0' && c <= '9');
  }

  @FunctionalInterface
  private interface CharTest {
    boolean test(char c);
  }

  private static boolean all(String text, CharTest test) {
    for (int i = 0; i < text.length(); i++) {
      if (!test.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}
