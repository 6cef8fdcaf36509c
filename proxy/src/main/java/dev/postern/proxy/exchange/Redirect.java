package dev.postern.proxy.exchange;

import dev.postern.ir.RouteAction;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A [RouteAction.Redirect] made ready: says where a request shall go instead (Gateway API,
/// HTTPRequestRedirectFilter). What a client wrote gets into the location only percent-encoded.
final class Redirect {
  private static final byte[] LOCATION = Octets.ascii("location");

  private final @Nullable String scheme;
  private final byte @Nullable [] host;
  private final int port;
  private final @Nullable PathReplacement path;
  private final int status;

  private Redirect(RouteAction.Redirect redirect) {
    scheme = redirect.scheme().orElse(null);
    host = redirect.host().map(Escape::host).orElse(null);
    port = redirect.port().orElse(0);
    path = redirect.path().map(PathReplacement::of).orElse(null);
    status = redirect.status();
  }

  static Redirect of(RouteAction.Redirect redirect) {
    return new Redirect(redirect);
  }

  int status() {
    return status;
  }

  static byte[] header() {
    return LOCATION;
  }

  /// Where to. The request's path becomes that of the location.
  byte[] location(RequestHead request, ClientConnection client) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    String to = scheme != null ? scheme : client.tls() ? "https" : "http";
    out.writeBytes(Octets.ascii(to + "://"));
    if (host != null) {
      out.writeBytes(host);
    } else if (request.hostLength() > 0) {
      Escape.addHost(out, request.bytes(), request.hostOffset(), request.hostLength());
    } else {
      addAddress(out, new String(client.origin().localAddress(), StandardCharsets.US_ASCII));
    }
    String number =
        port > 0
            ? Integer.toString(port)
            : new String(client.localPort(), StandardCharsets.US_ASCII);
    if (!number.equals(to.equals("https") ? "443" : "80")) {
      out.writeBytes(Octets.ascii(":" + number));
    }
    if (path != null) {
      path.apply(request);
    }
    if (request.bytes()[request.pathOffset()] != '/') {
      out.write('/'); // of OPTIONS *
    }
    Escape.addTarget(
        out, request.bytes(), request.pathOffset(), request.pathLength(), request.queryLength());
    return out.toByteArray();
  }

  private static void addAddress(ByteArrayOutputStream out, String address) {
    out.writeBytes(Octets.ascii(address.indexOf(':') < 0 ? address : "[" + address + "]"));
  }
}
