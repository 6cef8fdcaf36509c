package dev.postern.app.probe;

import dev.postern.app.probe.Heard.End;
import dev.postern.app.probe.HttpAnswer.WebSocket;
import dev.postern.app.probe.TlsSeen.ClientCertificate;
import dev.postern.ir.UpstreamTls;
import dev.postern.proxy.tls.UpstreamTlsContext;
import dev.postern.proxy.tls.UpstreamTlsContexts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks at one backend. It sends a request for `/`, one for an upgrade, a gRPC health check, and a
/// FastCGI request for a script that is not there: nothing that changes anything at a backend that
/// keeps to HTTP.
public final class Prober {
  private static final int MOST_ADDRESSES = 4;

  /// Who speaks first does so at once.
  private static final Duration QUIET = Duration.ofMillis(400);

  /// First octets of an HTTP/2 SETTINGS frame, which some servers send unasked: length (3), type 4.
  private static final int SETTINGS = 4;

  private final ProbeTarget target;
  private final Dialer dialer;
  private final InetSocketAddress address;
  private final List<String> notes = new ArrayList<>();

  /// What it answered to HTTP/1.1, where that is none.
  private String odd = "";

  private Prober(ProbeTarget target, Dialer dialer, InetSocketAddress address) {
    this.target = target;
    this.dialer = dialer;
    this.address = address;
  }

  /// Blocks, for fifteen times the target's patience at the very most: two for the name, one for
  /// each address that does not answer, ten for the one that does.
  public static Probed look(ProbeTarget target) {
    InetAddress[] addresses;
    try {
      addresses = resolved(target);
    } catch (UnknownHostException e) {
      return new Probed.Unreachable(
          "the name " + target.host() + " cannot be resolved",
          "check its spelling; names of Services (NAME.NAMESPACE.svc) resolve inside the cluster"
              + " alone: there, or through kubectl port-forward, probe again");
    }
    Probed last = new Probed.Unreachable("it has no address", "check the name");
    for (InetAddress each :
        Arrays.asList(addresses).subList(0, Math.min(addresses.length, MOST_ADDRESSES))) {
      InetSocketAddress address = new InetSocketAddress(each, target.port());
      try (Dialer dialer = new Dialer(address, target.toString(), target.patience())) {
        last = new Prober(target, dialer, address).look();
      }
      if (last instanceof Probed.Reached) {
        return last;
      }
    }
    return last;
  }

  /// Makes one handshake as the proxy would by a policy for that trust and those names. Says why it
  /// failed; nothing where it did not, or where no such policy is written.
  public static Optional<String> verify(ProbeTarget target, Probed.Reached reached, Trusts trusts) {
    Optional<UpstreamTls> tls = trusts.tls();
    boolean tried =
        reached.tls().isPresent()
            && reached.tls().get().isModern()
            && reached.tls().get().clientCertificate() != ClientCertificate.DEMANDED;
    if (tls.isEmpty() || !tried) {
      return Optional.empty();
    }
    UpstreamTlsContext context =
        new UpstreamTlsContexts(InstantSource.system()).retain(tls.get(), TlsOffer.ALPN);
    try (Dialer dialer = new Dialer(reached.address(), target.toString(), target.patience())) {
      return dialer.verify(context::newHandler);
    } finally {
      context.release();
    }
  }

  /// The JDK waits for a name server as long as the system says, which may be long.
  private static InetAddress[] resolved(ProbeTarget target) throws UnknownHostException {
    var answer = new CompletableFuture<InetAddress[]>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            answer.complete(InetAddress.getAllByName(target.host()));
          } catch (UnknownHostException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.get(target.patience().toNanos() * 2, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnknownHostException(target.host());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException(target.host());
    }
  }

  private Probed look() {
    Duration quiet = QUIET.compareTo(target.patience()) < 0 ? QUIET : target.patience();
    Heard first = dialer.listen(quiet);
    if (first.end() == End.UNREACHED) {
      return new Probed.Unreachable(first.trouble(), first.whatToDo());
    }
    String banner = isSettings(first) ? "" : PeerText.clean(first.text().split("[\r\n]", 2)[0]);
    if (!banner.isEmpty() && !banner.startsWith("HTTP/1.")) {
      return new Probed.Reached(
          address, banner, Optional.empty(), Spoken.NOTHING, Spoken.NOTHING, notes);
    }
    TlsProbe tlsProbe = new TlsProbe(dialer, target);
    Optional<TlsSeen> tls = tlsProbe.look();
    Spoken secure = tls.isPresent() ? secure(tlsProbe, tls.get()) : Spoken.NOTHING;
    Spoken plain = plain(tls.isPresent());
    if (tls.isPresent() && !target.nameWithoutTls().isEmpty()) {
      notes.add(
          PeerText.clean(target.nameWithoutTls())
              + " is no name that TLS can carry, so it was asked for none; give another with"
              + " --sni NAME");
    }
    if (tls.isEmpty() && !plain.isAnything()) {
      notes.add(silent(first, tlsProbe.trouble()));
    }
    return new Probed.Reached(
        address, banner, tls.map(seen -> tlsProbe.demanded(seen)), secure, plain, notes);
  }

  private static boolean isSettings(Heard heard) {
    byte[] bytes = heard.bytes();
    return bytes.length >= 9 && bytes[0] == 0 && bytes[3] == SETTINGS;
  }

  private String silent(Heard first, String trouble) {
    if (!odd.isEmpty()) {
      return "it answered a request of HTTP/1.1 with \""
          + odd
          + "\" and speaks neither TLS, HTTP/2 nor FastCGI: it is for clients of another protocol";
    }
    return switch (first.end()) {
      case CLOSED, FAILED ->
          "it takes connections and closes them at once: it may want the PROXY protocol, or serve"
              + " other addresses alone, or its own backend is gone; its log may say";
      default ->
          "it was asked for TLS, HTTP/1.1, HTTP/2 and FastCGI and answered none of them ("
              + trouble
              + "); it may speak another protocol, or hang: look whether it answers its own"
              + " clients";
    };
  }

  private Spoken secure(TlsProbe tls, TlsSeen seen) {
    if (seen.cipher().isEmpty()) {
      return Spoken.NOTHING;
    }
    Heard heard = tls.ask(HttpAnswer.request(target.authority()), "http/1.1");
    Optional<HttpAnswer> http1 = HttpAnswer.of(heard);
    boolean refused = http1.isEmpty() && tls.isRefused(heard);
    if (refused) {
      return Spoken.NOTHING;
    }
    WebSocket webSocket =
        http1.isEmpty()
            ? WebSocket.NOT_ASKED
            : webSocket(tls.ask(HttpAnswer.upgrade(target.authority()), "http/1.1"));
    Spoken spoken = new Spoken(http1, false, Optional.empty(), webSocket, false);
    if (seen.alpnAccepted().contains("h2")) {
      spoken = http2(spoken, "https", question -> tls.ask(question, "h2"));
    }
    boolean fastCgi = !spoken.isHttp() && fastCgi(question -> tls.ask(question, ""));
    return new Spoken(spoken.http1(), spoken.http2(), spoken.grpc(), webSocket, fastCgi);
  }

  /// @param tls whether the port speaks TLS, so that an answer may just say so
  private Spoken plain(boolean tls) {
    Heard heard = dialer.ask(HttpAnswer.request(target.authority()));
    Optional<HttpAnswer> http1 = HttpAnswer.of(heard);
    if (http1.isEmpty()) {
      odd = PeerText.clean(heard.text().split("[\r\n]", 2)[0]);
    }
    if (tls) {
      boolean complains = http1.isEmpty() || http1.get().status() == 400;
      if (!complains) {
        notes.add("the same port takes plaintext too; clients that are given it are not protected");
      }
      return complains
          ? Spoken.NOTHING
          : new Spoken(http1, false, Optional.empty(), WebSocket.NOT_ASKED, false);
    }
    WebSocket webSocket =
        http1.isEmpty()
            ? WebSocket.NOT_ASKED
            : webSocket(dialer.ask(HttpAnswer.upgrade(target.authority())));
    Spoken spoken =
        http2(new Spoken(http1, false, Optional.empty(), webSocket, false), "http", dialer::ask);
    boolean fastCgi = !spoken.isHttp() && fastCgi(dialer::ask);
    return new Spoken(spoken.http1(), spoken.http2(), spoken.grpc(), webSocket, fastCgi);
  }

  private static WebSocket webSocket(Heard heard) {
    return HttpAnswer.of(heard).map(HttpAnswer::webSocket).orElse(WebSocket.NOT_HERE);
  }

  private Spoken http2(Spoken before, String scheme, Asking asking) {
    Heard heard = asking.ask(Grpc.health(scheme, target.authority()));
    boolean broken = heard.end() == End.FAILED && heard.fields().isEmpty();
    if (!heard.http2() || broken) {
      return before;
    }
    Optional<Grpc> grpc = Grpc.of(heard);
    if (grpc.isPresent()) {
      for (String version : List.of("v1", "v1alpha")) {
        if (grpc.get().services().isEmpty()) {
          grpc =
              Optional.of(
                  grpc.get()
                      .with(asking.ask(Grpc.reflection(version, scheme, target.authority()))));
        }
      }
    }
    return new Spoken(before.http1(), true, grpc, before.webSocket(), false);
  }

  private static boolean fastCgi(Asking asking) {
    return FastCgiQuestion.isAnsweredBy(asking.ask(FastCgiQuestion.values()))
        || FastCgiQuestion.isAnsweredBy(asking.ask(FastCgiQuestion.request()));
  }

  @FunctionalInterface
  private interface Asking {
    Heard ask(Question question);
  }
}
