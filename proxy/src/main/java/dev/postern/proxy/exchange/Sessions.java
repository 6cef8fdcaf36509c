package dev.postern.proxy.exchange;

import dev.postern.ir.ForwardOptions.SessionPersistence;
import dev.postern.ir.ForwardOptions.SessionPersistence.Carrier;
import dev.postern.proxy.message.Cookies;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The sessions of one route, made ready: where their token is, and how long they last.
final class Sessions {
  private static final byte[] SET_COOKIE = Octets.ascii("set-cookie");

  private final byte[] name;
  private final boolean cookie;
  private final long absoluteSeconds;
  private final long idleSeconds;
  private final String cookieName;
  private final String attributes;
  private final boolean permanent;
  private final InstantSource clock;

  private Sessions(SessionPersistence how, InstantSource clock) {
    this.cookie = how.carrier() == Carrier.COOKIE;
    this.cookieName = how.name();
    this.name = Octets.ascii(cookie ? how.name() : how.name().toLowerCase(Locale.ROOT));
    this.absoluteSeconds = seconds(how.absoluteTimeout());
    this.idleSeconds = seconds(how.idleTimeout());
    this.permanent = how.permanent() && absoluteSeconds > 0;
    this.attributes =
        "; Path=" + (how.path().isEmpty() ? "/" : how.path()) + "; HttpOnly; SameSite=Lax";
    this.clock = clock;
  }

  static @Nullable Sessions of(Optional<SessionPersistence> how, InstantSource clock) {
    return how.map(h -> new Sessions(h, clock)).orElse(null);
  }

  private static long seconds(Optional<Duration> time) {
    return time.map(t -> Math.max(1, t.toSeconds())).orElse(0L);
  }

  private int now() {
    return (int) clock.instant().getEpochSecond();
  }

  /// The token that a request brings; null when it brings none that holds.
  @Nullable SessionToken find(RequestHead request) {
    byte[] text = cookie ? Cookies.find(request.headers(), name) : field(request.headers());
    SessionToken token = text == null ? null : SessionToken.decode(text);
    return token == null || over(token) ? null : token;
  }

  private byte @Nullable [] field(HeaderBlock headers) {
    int at = headers.find(name, 0);
    return at < 0 ? null : Octets.ascii(headers.valueText(at));
  }

  private boolean over(SessionToken token) {
    int now = now();
    return (absoluteSeconds > 0 && now - token.startedAt() > absoluteSeconds)
        || (idleSeconds > 0 && now - token.usedAt() > idleSeconds);
  }

  /// Says in a response where the client's requests go from now on, if the client does not know it:
  /// it is elsewhere than its token said, or the token grows old.
  ///
  /// @param brought null for none
  void tell(
      HeaderBlock response,
      @Nullable SessionToken brought,
      int backend,
      int endpoint,
      boolean tls) {
    int now = now();
    int started = now;
    if (brought != null && brought.backend() == backend && brought.endpoint() == endpoint) {
      if (idleSeconds == 0 || now - brought.usedAt() < Math.max(1, idleSeconds / 8)) {
        return;
      }
      started = brought.startedAt();
    }
    byte[] token = new SessionToken(backend, endpoint, started, now).encode();
    if (!cookie) {
      response.removeAll(name);
      response.add(name, token);
      return;
    }
    StringBuilder text = new StringBuilder(cookieName).append('=');
    text.append(new String(token, StandardCharsets.US_ASCII)).append(attributes);
    if (permanent) {
      text.append("; Max-Age=").append(Math.max(1, started + absoluteSeconds - now));
    }
    if (tls) {
      text.append("; Secure");
    }
    response.add(SET_COOKIE, Octets.ascii(text.toString()));
  }
}
