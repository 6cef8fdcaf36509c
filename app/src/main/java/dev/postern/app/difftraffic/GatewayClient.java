package dev.postern.app.difftraffic;

import dev.postern.app.difftraffic.RecordedRequest.Field;
import dev.postern.app.probe.PeerText;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;

/// Asks a gateway in HTTP/1.1, with a connection for each request. The address is the gateway's,
/// whatever host the request names; server name and certificate are of that host.
public final class GatewayClient implements AutoCloseable {
  private final Gateway gateway;
  private final Duration patience;
  private final int bodyLimit;
  private final SSLContext tls;
  private final boolean verifies;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /// @param patience for all of an answer
  /// @param bodyLimit octets of a body that are read
  /// @param insecure whether any certificate will do
  public GatewayClient(Gateway gateway, Duration patience, int bodyLimit, boolean insecure) {
    this.gateway = gateway;
    this.patience = patience;
    this.bodyLimit = bodyLimit;
    this.verifies = !insecure;
    try {
      this.tls = SSLContext.getInstance("TLS");
      tls.init(
          null, insecure ? InsecureTrustManagerFactory.INSTANCE.getTrustManagers() : null, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Gateway gateway() {
    return gateway;
  }

  /// Blocks until there is an answer or the patience is at its end.
  public Answer ask(RecordedRequest request) {
    try (Socket socket = new Socket()) {
      var late = new AtomicBoolean();
      ScheduledFuture<?> deadline =
          deadlines.schedule(
              () -> {
                late.set(true);
                close(socket);
              },
              patience.toMillis(),
              TimeUnit.MILLISECONDS);
      try {
        return ask(request, socket, late);
      } finally {
        deadline.cancel(false);
      }
    } catch (IOException e) {
      return new Answer.Broken(PeerText.clean(String.valueOf(e.getMessage())));
    }
  }

  private Answer ask(RecordedRequest request, Socket socket, AtomicBoolean late) {
    Socket connected;
    try {
      socket.setTcpNoDelay(true);
      socket.connect(
          new InetSocketAddress(gateway.host(), gateway.port()), (int) patience.toMillis());
      connected = gateway.tls() ? secured(socket, request.host()) : socket;
    } catch (IOException e) {
      return new Answer.Unreached(why(e, late));
    }
    try {
      connected.getOutputStream().write(octets(request));
      return ResponseReader.read(
          connected.getInputStream(), request.method().equals("HEAD"), bodyLimit);
    } catch (IOException e) {
      return new Answer.Broken(why(e, late));
    }
  }

  private String why(IOException e, AtomicBoolean late) {
    if (e instanceof UnknownHostException) {
      return "its name cannot be resolved";
    }
    return late.get() || e instanceof SocketTimeoutException
        ? "it took longer than " + patience.toMillis() + " ms"
        : PeerText.clean(String.valueOf(e.getMessage()));
  }

  private SSLSocket secured(Socket socket, String authority) throws IOException {
    String name = authority.replaceFirst(":[0-9]*$", "").replaceFirst("\\.$", "");
    var secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, name, gateway.port(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    if (verifies) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    parameters.setServerNames(serverNames(name));
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  /// None for an address (RFC 6066, 3). [javax.net.ssl.SNIHostName] would take one, and no name
  /// with an underscore.
  private static List<SNIServerName> serverNames(String name) {
    boolean address = NetUtil.isValidIpV4Address(name) || name.startsWith("[");
    byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
    return address || octets.length == 0
        ? List.of()
        : List.of(new SNIServerName(StandardConstants.SNI_HOST_NAME, octets) {});
  }

  private static byte[] octets(RecordedRequest request) {
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(request.host()).append("\r\n");
    for (Field field : request.fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    if (body.length > 0 || !request.isSafe()) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    byte[] start =
        head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Closed enough.
    }
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
  }
}
