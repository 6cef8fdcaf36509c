package dev.postern.proxy.exchange;

import dev.postern.ir.HttpFilters;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An [HttpFilters.Cors] made ready. The gateway alone says what an origin's pages may do: what the
/// backend says of it is taken out, also for an origin that is not allowed and is told nothing
/// (HTTPCORSFilter; Envoy lets the backend's answer pass there).
final class Cors {
  private static final byte[] OPTIONS = Octets.ascii("OPTIONS");
  private static final byte[] ORIGIN = Octets.ascii("origin");
  private static final byte[] VARY = Octets.ascii("vary");
  private static final byte[] VARY_ORIGIN = Octets.ascii("Origin");
  private static final byte[] REQUEST_METHOD = Octets.ascii("access-control-request-method");
  private static final byte[] REQUEST_HEADERS = Octets.ascii("access-control-request-headers");
  private static final byte[] ALLOW_ORIGIN = Octets.ascii("access-control-allow-origin");
  private static final byte[] ALLOW_METHODS = Octets.ascii("access-control-allow-methods");
  private static final byte[] ALLOW_HEADERS = Octets.ascii("access-control-allow-headers");
  private static final byte[] ALLOW_CREDENTIALS = Octets.ascii("access-control-allow-credentials");
  private static final byte[] EXPOSE_HEADERS = Octets.ascii("access-control-expose-headers");
  private static final byte[] MAX_AGE = Octets.ascii("access-control-max-age");
  private static final byte[][] OURS = {
    ALLOW_ORIGIN, ALLOW_METHODS, ALLOW_HEADERS, ALLOW_CREDENTIALS, EXPOSE_HEADERS, MAX_AGE
  };
  private static final byte[] TRUE = Octets.ascii("true");
  private static final byte[] ANY = Octets.ascii("*");
  private static final String STAR = "*";

  private final List<OriginPattern> origins;
  private final boolean anyOrigin;
  private final boolean credentials;
  private final byte @Nullable [] methods;
  private final byte @Nullable [] headers;
  private final boolean exposesAll;
  private final byte[] exposed;
  private final byte[] maxAge;

  /// As it is compared: in lower case, without the port that its scheme has anyway.
  private static String plain(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    String usual = lower.startsWith("https:") ? ":443" : lower.startsWith("http:") ? ":80" : "";
    return lower.endsWith(usual) ? lower.substring(0, lower.length() - usual.length()) : lower;
  }

  /// `scheme://host[:port]`, where a `*` stands for one label or more.
  private record OriginPattern(String before, String after, boolean wild) {
    static OriginPattern of(String text) {
      String lower = plain(text);
      int star = lower.indexOf('*');
      return star < 0
          ? new OriginPattern(lower, "", false)
          : new OriginPattern(lower.substring(0, star), lower.substring(star + 1), true);
    }

    boolean takes(String origin) {
      if (!wild) {
        return origin.equals(before);
      }
      int end = origin.length() - after.length();
      return end > before.length()
          && origin.startsWith(before)
          && origin.endsWith(after)
          && labels(origin, before.length(), end);
    }

    private static boolean labels(String origin, int from, int to) {
      return origin
          .substring(from, to)
          .chars()
          .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
    }
  }

  private Cors(HttpFilters.Cors cors) {
    anyOrigin = cors.allowOrigins().contains(STAR);
    origins =
        cors.allowOrigins().stream().filter(o -> !o.equals(STAR)).map(OriginPattern::of).toList();
    credentials = cors.allowCredentials();
    methods = cors.allowMethods().contains(STAR) ? null : list(cors.allowMethods());
    headers = cors.allowHeaders().contains(STAR) ? null : list(cors.allowHeaders());
    // With credentials browsers take `*` for a name (Fetch, 4.10).
    exposesAll = cors.exposeHeaders().contains(STAR) && credentials;
    exposed = list(cors.exposeHeaders());
    maxAge = Octets.ascii(Integer.toString(cors.maxAgeSeconds()));
  }

  private static byte[] list(List<String> names) {
    return String.join(", ", names).getBytes(StandardCharsets.ISO_8859_1);
  }

  static Cors of(HttpFilters.Cors cors) {
    return new Cors(cors);
  }

  /// What is said of a request's origin; null where it has none.
  @Nullable Answer answer(RequestHead request) {
    int field = request.headers().find(ORIGIN, 0);
    if (field < 0 || request.headers().valueLength(field) == 0) {
      return null;
    }
    String text = request.headers().valueText(field);
    String lower = plain(text);
    boolean allowed = anyOrigin || origins.stream().anyMatch(o -> o.takes(lower));
    byte[] told = anyOrigin && !credentials ? ANY : text.getBytes(StandardCharsets.ISO_8859_1);
    return new Answer(this, allowed ? told : null);
  }

  /// Adds to a response what goes for any origin: that it depends on it. Where all are told the
  /// same, it still matters to caches whether there was one.
  void vary(HeaderBlock response, boolean hasOrigin) {
    if (!anyOrigin || credentials || !hasOrigin) {
      response.add(VARY, VARY_ORIGIN);
    }
  }

  /// What a request's origin may do.
  ///
  /// @param origin as it is told; null when it may do nothing
  record Answer(Cors cors, byte @Nullable [] origin) {
    boolean allowed() {
      return origin() != null;
    }

    /// Whether the request only asks what would be allowed (Fetch, CORS-preflight request).
    static boolean preflight(RequestHead request) {
      return request.methodIs(OPTIONS) && request.headers().find(REQUEST_METHOD, 0) >= 0;
    }

    /// Says, and lets nobody else say, what a page may see of a response.
    void apply(HeaderBlock response) {
      for (byte[] name : OURS) {
        response.removeAll(name);
      }
      byte[] told = origin();
      if (told == null) {
        return;
      }
      byte[] exposed = cors.exposesAll ? names(response) : cors.exposed;
      response.add(ALLOW_ORIGIN, told);
      if (cors.credentials) {
        response.add(ALLOW_CREDENTIALS, TRUE);
      }
      if (exposed.length > 0) {
        response.add(EXPOSE_HEADERS, exposed);
      }
    }

    private static byte[] names(HeaderBlock response) {
      Set<String> names = new LinkedHashSet<>();
      for (int i = 0; i < response.count(); i++) {
        names.add(response.nameText(i).toLowerCase(Locale.ROOT));
      }
      return list(List.copyOf(names));
    }

    /// Adds what a preflight asked for. Where everything is allowed, that is what was asked: `*`
    /// would not do with credentials.
    void applyPreflight(RequestHead request, HeaderBlock response) {
      apply(response);
      if (!allowed()) {
        return;
      }
      addList(response, ALLOW_METHODS, cors.methods, request, REQUEST_METHOD);
      addList(response, ALLOW_HEADERS, cors.headers, request, REQUEST_HEADERS);
      response.add(MAX_AGE, cors.maxAge);
    }

    private static void addList(
        HeaderBlock response,
        byte[] name,
        byte @Nullable [] allowed,
        RequestHead request,
        byte[] asked) {
      if (allowed != null) {
        if (allowed.length > 0) {
          response.add(name, allowed);
        }
        return;
      }
      HeaderBlock from = request.headers();
      int field = from.find(asked, 0);
      if (field >= 0) {
        response.add(
            name, 0, name.length, from.bytes(), from.valueOffset(field), from.valueLength(field));
      }
    }
  }
}
