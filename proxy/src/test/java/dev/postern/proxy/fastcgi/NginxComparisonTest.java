package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FastCgiOptions.Param;
import dev.postern.ir.ForwardOptions;
import dev.postern.ir.PathRewrite;
import dev.postern.proxy.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an application is sent as ingress-nginx sent it, beside what a real nginx sends that is
/// configured as ingress-nginx configured it.
class NginxComparisonTest {
  /// What is different from one run or one program to another.
  private static final Set<String> OWN =
      Set.of("REMOTE_PORT", "SERVER_PORT", "SERVER_SOFTWARE", "HTTP_CONNECTION");

  /// What the gateway says to every backend, so that nobody else can say it.
  private static final Set<String> ADDED =
      Set.of(
          "HTTP_X_FORWARDED_FOR",
          "HTTP_X_FORWARDED_PROTO",
          "HTTP_X_FORWARDED_PORT",
          "HTTP_X_FORWARDED_HOST",
          "HTTP_X_REQUEST_ID");

  /// The file that comes with nginx's sources; Debian changed its own.
  private static final String FASTCGI_PARAMS =
      Map.ofEntries(
              Map.entry("QUERY_STRING", "$query_string"),
              Map.entry("REQUEST_METHOD", "$request_method"),
              Map.entry("CONTENT_TYPE", "$content_type"),
              Map.entry("CONTENT_LENGTH", "$content_length"),
              Map.entry("SCRIPT_NAME", "$fastcgi_script_name"),
              Map.entry("REQUEST_URI", "$request_uri"),
              Map.entry("DOCUMENT_URI", "$document_uri"),
              Map.entry("DOCUMENT_ROOT", "$document_root"),
              Map.entry("SERVER_PROTOCOL", "$server_protocol"),
              Map.entry("REQUEST_SCHEME", "$scheme"),
              Map.entry("HTTPS", "$https if_not_empty"),
              Map.entry("GATEWAY_INTERFACE", "CGI/1.1"),
              Map.entry("SERVER_SOFTWARE", "nginx/$nginx_version"),
              Map.entry("REMOTE_ADDR", "$remote_addr"),
              Map.entry("REMOTE_PORT", "$remote_port"),
              Map.entry("SERVER_ADDR", "$server_addr"),
              Map.entry("SERVER_PORT", "$server_port"),
              Map.entry("SERVER_NAME", "$server_name"),
              Map.entry("REDIRECT_STATUS", "200"))
          .entrySet()
          .stream()
          .map(e -> "fastcgi_param " + e.getKey() + " " + e.getValue() + ";\n")
          .collect(Collectors.joining());

  private static final FastCgiOptions OPTIONS =
      new FastCgiOptions(
          FastCgiOptions.Parameters.INGRESS_NGINX,
          "",
          Optional.empty(),
          "index.php",
          List.of(),
          List.of(
              new Param("SCRIPT_FILENAME", "/srv/app$fastcgi_script_name"),
              new Param("HTTP_PROXY", ""),
              new Param("WHERE", "${host}$request_uri")),
          1 << 20);

  @TempDir private Path folder;
  private ScriptedApplication application;
  private FastCgiGateway gateway;
  private Process nginx;
  private int nginxPort;

  @BeforeEach
  void start() throws IOException {
    application =
        new ScriptedApplication((_, out) -> ScriptedApplication.respond(out, "A: b\n\nfine"));
    gateway = new FastCgiGateway(OPTIONS, application.port());
    startNginx();
  }

  private void startNginx() throws IOException {
    nginxPort = FreePort.next();
    boolean superuser = "root".equals(System.getProperty("user.name"));
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        %s
        daemon off;
        pid nginx.pid;
        events { }
        http {
          access_log off;
          client_body_temp_path body;
          fastcgi_temp_path fastcgi;
          proxy_temp_path proxy;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%d;
            server_name shop.example;
            root /usr/local/nginx/html;
            location / {
              rewrite ^/old(/.*)$ /new$1 break;
              %s
              fastcgi_index "index.php";
              fastcgi_param HTTP_PROXY "";
              fastcgi_param SCRIPT_FILENAME "/srv/app$fastcgi_script_name";
              fastcgi_param WHERE "${host}$request_uri";
              fastcgi_pass 127.0.0.1:%d;
            }
          }
        }
        """
            .formatted(
                superuser ? "user root;" : "", nginxPort, FASTCGI_PARAMS, application.port()));
    String program = Files.exists(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
    nginx =
        new ProcessBuilder(program, "-p", folder + "/", "-c", configuration.toString(), "-e", "log")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    Awaitility.await("nginx accepts connections")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nginxPort)) {
            return socket.isConnected();
          } catch (IOException notYet) {
            return !nginx.isAlive();
          }
        });
    assertThat(nginx.isAlive()).as("nginx runs").isTrue();
  }

  @AfterEach
  void stop() throws Exception {
    nginx.destroy();
    nginx.waitFor();
    gateway.close();
    application.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "GET /a/b.php?x=1&y=%20&z HTTP/1.1\r\nUser-Agent: u\r\nAccept: */*\r\n",
        "GET /a%20b/../c//d/%2e/?q HTTP/1.1\r\nCookie: a=1; b=2\r\n",
        "GET /a.php/info HTTP/1.0\r\nReferer: http://a/\r\n",
        "GET /?a?b HTTP/1.1\r\nX-Long: LONG\r\nX-Empty:\r\n",
        "GET /%C3%A4 HTTP/1.1\r\nAuthorization: Basic YTpi\r\nX_Own: dropped\r\nProxy: evil\r\n",
        "POST /p HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n|body",
        "POST /p HTTP/1.1\r\nContent-Length: 0\r\n",
        "OPTIONS /p HTTP/1.1\r\nOrigin: http://a\r\n",
      })
  void whatNginxSendsIsSent(String request) throws Exception {
    String long200 = request.replace("LONG", "l".repeat(200));
    Map<String, String> from = sent(nginxPort, long200);
    Map<String, String> by = sent(gateway.port, long200);
    Map<String, String> added = new LinkedHashMap<>(by);
    added.keySet().removeAll(from.keySet());
    assertThat(ADDED).containsAll(added.keySet());
    by.keySet().removeAll(added.keySet());
    from.keySet().removeAll(OWN);
    by.keySet().removeAll(OWN);
    // nginx resolves dot segments for all but this; what Postern sends is what it matched.
    from.replaceAll((_, value) -> value.replace("/a%20b/../c//d/%2e/", "/c//d/"));
    assertThat(by).isEqualTo(from);
  }

  /// nginx's `$request_uri` stays what the client asked for; scripts that route by it rely on that.
  @Test
  void aRewriteLeavesTheUriAsTheClientAskedForIt() throws Exception {
    ForwardOptions rewrite =
        new ForwardOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new PathRewrite.Prefix("/old", "/new")),
            List.of(),
            Optional.empty());
    String request = "GET /old/a.php?x=1 HTTP/1.1\r\n";
    Map<String, String> from = sent(nginxPort, request);
    try (FastCgiGateway rewriting = new FastCgiGateway(OPTIONS, rewrite, application.port())) {
      assertThat(sent(rewriting.port, request))
          .containsEntry("REQUEST_URI", "/old/a.php?x=1")
          .containsEntry("WHERE", "shop.example/old/a.php?x=1")
          .containsEntry("SCRIPT_NAME", "/new/a.php")
          .containsAllEntriesOf(
              Map.of(
                  "REQUEST_URI", from.get("REQUEST_URI"),
                  "WHERE", from.get("WHERE"),
                  "SCRIPT_NAME", from.get("SCRIPT_NAME"),
                  "DOCUMENT_URI", from.get("DOCUMENT_URI"),
                  "QUERY_STRING", from.get("QUERY_STRING")));
    }
  }

  @Test
  void aBodyOfUnknownLengthHasTheLengthThatNginxFindsToo() throws Exception {
    String chunked = "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n|4\r\nbody\r\n0\r\n\r\n";
    Map<String, String> from = sent(nginxPort, chunked);
    Map<String, String> by = sent(gateway.port, chunked);
    assertThat(by).containsEntry("CONTENT_LENGTH", "4");
    assertThat(from).containsEntry("CONTENT_LENGTH", "4");
    // nginx tells how the body came, which is not how it goes on.
    assertThat(by).doesNotContainKey("HTTP_TRANSFER_ENCODING");
  }

  private Map<String, String> sent(int port, String request) throws IOException {
    application.requests.clear();
    int bar = request.indexOf('|');
    String head = bar < 0 ? request : request.substring(0, bar);
    String body = bar < 0 ? "" : request.substring(bar + 1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              (head + "Host: shop.example\r\nConnection: close\r\n\r\n" + body)
                  .getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).contains(" 200 ").contains("fine");
    }
    ScriptedApplication.Request got = application.requests.getFirst();
    assertThat(got.role()).isEqualTo(1);
    assertThat(got.flags()).isZero();
    return new LinkedHashMap<>(got.params());
  }
}
