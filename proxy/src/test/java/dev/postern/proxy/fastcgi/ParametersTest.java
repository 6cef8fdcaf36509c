package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FastCgiOptions.Param;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.RequestOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParametersTest {
  private final RequestHead head = new RequestHead();
  private boolean tls;

  ParametersTest() {
    head.clear();
  }

  @Test
  void aRequestForAScriptHasWhatRfc3875AndPhpWant() {
    request("POST", "/app/index.php/a%20b?x=%20&y", "Shop.example:8080");
    head.contentLength(12);
    field("content-type", "text/plain");
    tls = true;
    Map<String, String> sent = send(standard());
    assertThat(sent)
        .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
        .containsEntry("REQUEST_METHOD", "POST")
        .containsEntry("REQUEST_URI", "/app/index.php/a%20b?x=%20&y")
        .containsEntry("DOCUMENT_URI", "/app/index.php/a b")
        .containsEntry("QUERY_STRING", "x=%20&y")
        .containsEntry("DOCUMENT_ROOT", "/srv/www")
        .containsEntry("SCRIPT_NAME", "/app/index.php")
        .containsEntry("SCRIPT_FILENAME", "/srv/www/app/index.php")
        .containsEntry("PATH_INFO", "/a b")
        .containsEntry("PATH_TRANSLATED", "/srv/www/a b")
        .containsEntry("CONTENT_TYPE", "text/plain")
        .containsEntry("CONTENT_LENGTH", "12")
        .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
        .containsEntry("SERVER_NAME", "shop.example")
        .containsEntry("SERVER_ADDR", "192.0.2.1")
        .containsEntry("SERVER_PORT", "443")
        .containsEntry("REMOTE_ADDR", "198.51.100.7")
        .containsEntry("REMOTE_PORT", "50000")
        .containsEntry("REQUEST_SCHEME", "https")
        .containsEntry("HTTPS", "on")
        .containsEntry("REDIRECT_STATUS", "200")
        .containsEntry("HTTP_HOST", "Shop.example:8080")
        .doesNotContainKeys("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH");
  }

  @Test
  void whatARequestHasNotIsLeftOut() {
    request("GET", "/", "a.example");
    Map<String, String> sent = send(standard());
    assertThat(sent)
        .containsEntry("QUERY_STRING", "")
        .containsEntry("SCRIPT_FILENAME", "/srv/www/index.php")
        .doesNotContainKeys(
            "PATH_INFO", "PATH_TRANSLATED", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTPS");
  }

  @Test
  void noClientNamesAParameterThatIsNotItsHeader() {
    request("GET", "/", "a.example");
    field("proxy", "http://evil.example");
    field("x_forwarded_for", "forged");
    field("x-forwarded-for", "198.51.100.7");
    field("script_filename", "/etc/passwd");
    field("script-filename", "/etc/passwd");
    field("php_value", "auto_prepend_file=/tmp/x");
    field("content-length", "5");
    field("expect", "100-continue");
    field("a.b", "c");
    field("host", "other.example");
    Map<String, String> sent = send(standard());
    assertThat(sent)
        .containsEntry("HTTP_X_FORWARDED_FOR", "198.51.100.7")
        .containsEntry("HTTP_SCRIPT_FILENAME", "/etc/passwd")
        .containsEntry("SCRIPT_FILENAME", "/srv/www/index.php")
        .containsEntry("HTTP_HOST", "a.example")
        .doesNotContainKeys("HTTP_PROXY", "PHP_VALUE", "HTTP_PHP_VALUE", "HTTP_EXPECT", "HTTP_A.B");
  }

  @Test
  void fieldsOfOneNameBecomeOneParameter() {
    request("GET", "/", "a.example");
    field("cookie", "a=1");
    field("accept", "text/html");
    field("x-a", "1");
    field("cookie", "b=2");
    field("accept", "*/*");
    assertThat(send(standard()))
        .containsEntry("HTTP_COOKIE", "a=1; b=2")
        .containsEntry("HTTP_ACCEPT", "text/html, */*")
        .containsEntry("HTTP_X_A", "1");
  }

  @Test
  void listedParametersWinAndMayHoldVariables() {
    request("GET", "/a/?q=1", "a.example");
    field("x-a", "1");
    field("user-agent", "curl");
    field("proxy", "http://evil.example");
    Map<String, String> sent =
        send(
            options(
                FastCgiOptions.Parameters.STANDARD,
                Optional.empty(),
                new Param("SCRIPT_FILENAME", "/other$fastcgi_script_name"),
                new Param("HTTP_X_A", ""),
                new Param("PHP_VALUE", "memory_limit=64M"),
                new Param("WHO", "${remote_addr}:$remote_port$is_args$args"),
                new Param("AGENT", "<$http_user_agent>"),
                new Param("NOBODY", "$http_proxy$unknown"),
                new Param("HTTPS", "$https")));
    assertThat(sent)
        .containsEntry("SCRIPT_FILENAME", "/other/a/index.php")
        .doesNotContainKey("HTTP_X_A")
        .containsEntry("PHP_VALUE", "memory_limit=64M")
        .containsEntry("WHO", "198.51.100.7:50000?q=1")
        .containsEntry("AGENT", "<curl>")
        .containsEntry("NOBODY", "")
        .containsEntry("HTTPS", "");
  }

  @Test
  void aScriptThatIsNamedIsTheScriptOfEveryRequest() {
    request("GET", "/any/thing?q", "a.example");
    Map<String, String> sent =
        send(options(FastCgiOptions.Parameters.STANDARD, Optional.of("/srv/www/pub/$x.php")));
    assertThat(sent)
        .containsEntry("SCRIPT_FILENAME", "/srv/www/pub/$x.php")
        .containsEntry("SCRIPT_NAME", "/pub/$x.php")
        .containsEntry("REQUEST_URI", "/any/thing?q")
        .doesNotContainKey("PATH_INFO");
  }

  @Test
  void ingressNginxSentNoScriptFilenameAndItsEmptyOnesEmpty() {
    request("GET", "/a.php/b", "a.example");
    Map<String, String> sent =
        send(
            new FastCgiOptions(
                FastCgiOptions.Parameters.INGRESS_NGINX,
                "",
                Optional.empty(),
                "",
                List.of(),
                List.of(),
                1));
    assertThat(sent.keySet())
        .containsExactly(
            "QUERY_STRING",
            "REQUEST_METHOD",
            "CONTENT_TYPE",
            "CONTENT_LENGTH",
            "SCRIPT_NAME",
            "REQUEST_URI",
            "DOCUMENT_URI",
            "DOCUMENT_ROOT",
            "SERVER_PROTOCOL",
            "REQUEST_SCHEME",
            "GATEWAY_INTERFACE",
            "SERVER_SOFTWARE",
            "REMOTE_ADDR",
            "REMOTE_PORT",
            "SERVER_ADDR",
            "SERVER_PORT",
            "SERVER_NAME",
            "REDIRECT_STATUS",
            "HTTP_HOST");
    assertThat(sent)
        .containsEntry("CONTENT_LENGTH", "")
        .containsEntry("SCRIPT_NAME", "/a.php/b")
        .containsEntry("DOCUMENT_ROOT", "/usr/local/nginx/html");
  }

  @Test
  void aParameterThatFitsIntoNoRecordIsRefused() {
    request("GET", "/" + "a".repeat(40_000), "a.example");
    assertThat(write(options(FastCgiOptions.Parameters.STANDARD, Optional.empty()))).isNotNull();
    FastCgiOptions twice =
        options(
            FastCgiOptions.Parameters.STANDARD,
            Optional.empty(),
            new Param("TWICE", "$request_uri$request_uri"));
    assertThat(write(twice)).isNull();
  }

  private void request(String method, String target, String authority) {
    byte[] all = (method + target + authority).getBytes(ISO_8859_1);
    System.arraycopy(all, 0, head.headers().room(all.length), 0, all.length);
    head.headers().extend(all.length);
    head.method(0, method.length());
    head.target(method.length(), target.length());
    head.authority(method.length() + target.length(), authority.length());
  }

  private void field(String name, String value) {
    head.headers().add(name, value);
  }

  private static FastCgiOptions standard() {
    return options(FastCgiOptions.Parameters.STANDARD, Optional.empty());
  }

  private static FastCgiOptions options(
      FastCgiOptions.Parameters mode, Optional<String> script, Param... params) {
    return new FastCgiOptions(
        mode, "/srv/www", script, "index.php", List.of(".php"), List.of(params), 1 << 20);
  }

  private Map<String, String> send(FastCgiOptions options) {
    ByteBuf wire = write(options);
    assertThat(wire).isNotNull();
    Map<String, String> sent = new LinkedHashMap<>();
    Pairs.read(wire)
        .forEach(p -> assertThat(sent.put(p.getKey(), p.getValue())).as(p.getKey()).isNull());
    return sent;
  }

  private ByteBuf write(FastCgiOptions options) {
    Parameters parameters = Parameters.compile(options);
    RequestPath path = new RequestPath();
    assertThat(path.read(head.bytes(), head.pathOffset(), head.pathLength(), parameters.rules()))
        .isEmpty();
    RequestVariables variables =
        new RequestVariables(
            head,
            path,
            new RequestOrigin(tls, "198.51.100.7", 50000, "192.0.2.1", tls ? 443 : 80),
            parameters.documentRoot(),
            "HTTP/1.1".getBytes(ISO_8859_1),
            parameters.uriIsRewritten());
    ByteBuf wire = Unpooled.buffer();
    return parameters.write(variables, head.headers(), wire) ? wire : null;
  }
}
