package dev.postern.gatewayapi.migrate;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// How long nginx waited for a backend.
///
/// Times are of a port of a Service, of which several paths may think differently: the longest
/// counts, as a request that is cut off is worse than one that hangs.
final class TimeoutFamily {
  /// Keys of BackendConnectionPolicy.timeouts.
  static final String CONNECT = "connect";

  static final String STREAM_IDLE = "streamIdle";

  private static final List<String> SILENCE = List.of("proxy-read-timeout", "proxy-send-timeout");
  private static final Map<String, List<String>> ANNOTATIONS =
      Map.of(CONNECT, List.of("proxy-connect-timeout"), STREAM_IDLE, SILENCE);

  /// nginx's default for both directions, and Postern's.
  private static final int USUAL_SILENCE = 60;

  /// Seconds where nothing is said, in order.
  static final SortedMap<String, Integer> USUAL =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(Map.of(CONNECT, 5, STREAM_IDLE, USUAL_SILENCE)));

  private TimeoutFamily() {}

  static Hop convert(Location at, Hop hop) {
    return silence(at, connect(at, hop));
  }

  private static Hop silence(Location at, Hop hop) {
    if (at.module == NginxModule.FASTCGI) {
      SILENCE.forEach(name -> at.same(name, "nothing: nginx did not look at it with FCGI"));
      return hop;
    }
    if (at.target != Target.POSTERN) {
      SILENCE.forEach(name -> at.different(name, elsewhere(at.target)));
      return hop;
    }
    List<String> said =
        SILENCE.stream().map(at::value).filter(text -> text.matches("[1-9][0-9]{0,4}")).toList();
    int seconds = said.stream().mapToInt(Integer::parseInt).max().orElse(USUAL_SILENCE);
    boolean alike = said.stream().distinct().count() < 2;
    for (String name : SILENCE) {
      String text = at.value(name);
      if (!text.matches("[+-]?[0-9]+")) {
        at.same(name, "60s, as without a word: it is no number, so that nginx took its default");
      } else if (!said.contains(text)) {
        at.different(
            name,
            "BackendConnectionPolicy timeouts.streamIdle cannot say this: " + USUAL_SILENCE + "s");
      } else if (alike && seconds < USUAL_SILENCE) {
        at.different(name, field(seconds + "s") + ", also for a client that falls silent");
      } else if (alike) {
        at.same(name, seconds == USUAL_SILENCE ? "60s, as without a word" : field(seconds + "s"));
      } else {
        at.different(name, field(seconds + "s") + ", one time for both directions");
      }
    }
    return seconds == USUAL_SILENCE ? hop : hop.withTimeout(STREAM_IDLE, seconds + "s");
  }

  private static String field(String time) {
    return "BackendConnectionPolicy timeouts.streamIdle " + time;
  }

  private static String elsewhere(Target target) {
    return "nginx gave up after so long between two reads or writes; "
        + (target.endsSlowRequests()
            ? "nothing ends a slow request now. Where one should end, add timeouts.request to the"
                + " rule, which counts the whole of a request"
            : "the Gateway API has no word for that, so that the gateway's own limit counts."
                + " timeouts.request of a rule counts the whole of a request");
  }

  /// The same in a snippet, which is not converted.
  static Verdict ofLine(Target target, String value) {
    if (target != Target.POSTERN) {
      return new Verdict.Different(elsewhere(target));
    }
    return value.matches("60s?|1m")
        ? new Verdict.Same("60s, as without a word")
        : new Verdict.Different(
            "a request may be silent for 60s. Write the annotation proxy-read-timeout instead, which"
                + " is converted, or timeouts.streamIdle into a BackendConnectionPolicy");
  }

  /// Says at a location where another's time counts, as both have one port.
  static void tell(Location at, Hop wanted, Hop kept) {
    for (String key : USUAL.keySet()) {
      if (wanted.seconds(key) != kept.seconds(key)) {
        String longest =
            kept.seconds(key)
                + "s: a port of a Service has one such time, and another path of this one has the"
                + " longest";
        List<String> names = ANNOTATIONS.getOrDefault(key, List.of());
        if (names.stream().noneMatch(at::has)) {
          at.say("timeouts." + key, wanted.seconds(key) + "s", new Verdict.Different(longest));
        }
        names.forEach(name -> at.different(name, longest));
      }
    }
  }

  private static Hop connect(Location at, Hop hop) {
    String text = at.value("proxy-connect-timeout");
    boolean fastCgi = at.module == NginxModule.FASTCGI;
    boolean usual = at.target.isPostern() || at.target == Target.KGATEWAY;
    if (fastCgi) {
      at.same("proxy-connect-timeout", "nothing: nginx did not look at it with FCGI");
    } else if (!text.matches("[+-]?[0-9]+")) {
      at.same(
          "proxy-connect-timeout",
          "as without a word: it is no number, so that nginx took its default");
    } else if (usual && text.equals("5")) {
      at.same("proxy-connect-timeout", "5s, as without a word");
    } else if (at.target.hasConnectionKind() && text.matches("[1-9][0-9]{0,3}")) {
      at.different(
          "proxy-connect-timeout",
          connectField(at.target) + " " + text + "s, which counts the TLS handshake too");
      if (at.target == Target.ENVOY_GATEWAY) {
        at.connectTimeout = Optional.of(text + "s");
        return hop;
      }
      return hop.withTimeout(CONNECT, text + "s");
    }
    return hop;
  }

  private static String connectField(Target target) {
    return switch (target) {
      case POSTERN, STANDARD -> "BackendConnectionPolicy timeouts.connect";
      case ENVOY_GATEWAY -> "BackendTrafficPolicy timeout.tcp.connectTimeout";
      case KGATEWAY -> "BackendConfigPolicy connectTimeout";
      case ISTIO -> "DestinationRule connectionPool.tcp.connectTimeout";
    };
  }
}
