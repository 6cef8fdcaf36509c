package dev.postern.proxy.exchange;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;

/// Tells the backend who asked, and gives the request an identity.
///
/// The client's address is appended to X-Forwarded-For; scheme, host and port are what the client
/// used, whatever it says itself. An X-Request-Id that the client sent is kept; an
/// X-Forwarded-Client-Cert never is, for backends take it as the gateway's word, nor is Proxy,
/// which CGI programs take for a variable that steers their own requests (httpoxy.org,
/// CVE-2016-5385).
final class ForwardedHeaders {
  private ForwardedHeaders() {}

  static void add(RequestHead request, ClientConnection client) {
    HeaderBlock headers = request.headers();
    headers.removeAll(HeaderName.X_FORWARDED_CLIENT_CERT);
    headers.removeAll(HeaderName.PROXY);
    forwardedFor(headers, client.remoteIp());
    headers.removeAll(HeaderName.X_FORWARDED_PROTO);
    byte[] scheme = client.scheme();
    headers.add(HeaderName.X_FORWARDED_PROTO, scheme, 0, scheme.length);
    headers.removeAll(HeaderName.X_FORWARDED_PORT);
    byte[] port = client.localPort();
    headers.add(HeaderName.X_FORWARDED_PORT, port, 0, port.length);
    headers.removeAll(HeaderName.X_FORWARDED_HOST);
    headers.add(
        HeaderName.X_FORWARDED_HOST,
        headers.bytes(),
        request.authorityOffset(),
        request.authorityLength());
    if (!headers.has(HeaderName.X_REQUEST_ID)) {
      byte[] id = client.worker().requestIds().next();
      headers.add(HeaderName.X_REQUEST_ID, id, 0, id.length);
    }
  }

  /// Several fields become one, in order, with the address at the end.
  private static void forwardedFor(HeaderBlock headers, byte[] ip) {
    int field = headers.find(HeaderName.X_FORWARDED_FOR, 0);
    if (field < 0) {
      headers.add(HeaderName.X_FORWARDED_FOR, ip, 0, ip.length);
      return;
    }
    StringBuilder list = new StringBuilder();
    for (int i = field; i >= 0; i = headers.find(HeaderName.X_FORWARDED_FOR, i + 1)) {
      if (headers.valueLength(i) > 0) {
        list.append(headers.valueText(i)).append(", ");
      }
    }
    headers.removeAll(HeaderName.X_FORWARDED_FOR);
    list.append(new String(ip, StandardCharsets.US_ASCII));
    headers.add(HeaderName.X_FORWARDED_FOR.text(), list);
  }
}
