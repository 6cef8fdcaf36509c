package dev.postern.app.probe;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What came back on one connection.
///
/// @param tls [Handshake#NONE] without TLS
/// @param http2 whether the first frame was HTTP/2's SETTINGS
/// @param fields of HTTP/2, with trailers
/// @param bytes of the answer; over HTTP/2 of its body
/// @param trouble why it ended, where somebody should know
/// @param whatToDo about no connection
record Heard(
    End end,
    Handshake tls,
    boolean http2,
    Map<String, String> fields,
    byte[] bytes,
    String trouble,
    String whatToDo) {

  enum End {
    /// No connection.
    UNREACHED,
    /// The answer is whole.
    ANSWERED,
    /// The backend closed before.
    CLOSED,
    /// The connection broke, or what came was not what was spoken.
    FAILED,
    /// Nothing, or not enough, came in time.
    TIMED_OUT,
    /// More came than the probe takes.
    TOO_MUCH
  }

  static Heard nothing(End end, String trouble) {
    return new Heard(end, Handshake.NONE, false, Map.of(), new byte[0], trouble, "");
  }

  static Heard unreached(Throwable cause) {
    String problem = PeerText.clean(String.valueOf(cause.getMessage()));
    String[] words =
        switch (cause) {
          case ConnectTimeoutException _ ->
              new String[] {
                "nobody answers",
                "a firewall or NetworkPolicy may drop the packets, or no host has that address; try"
                    + " from the gateway's network, or with a longer --timeout"
              };
          case NoRouteToHostException _ ->
              new String[] {
                "there is no route to it", "check the address, and from where it can be reached"
              };
          case ConnectException _ when problem.contains("refused") ->
              new String[] {
                "it refuses the connection",
                "nothing listens on that port: check the port, and that the backend runs"
              };
          default -> new String[] {"it cannot be reached: " + problem, "check the address"};
        };
    return new Heard(
        End.UNREACHED, Handshake.NONE, false, Map.of(), new byte[0], words[0], words[1]);
  }

  String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
