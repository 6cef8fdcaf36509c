package dev.postern.proxy.fastcgi;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FastCgiOptions.Param;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Which parameters are sent without being listed, as templates.
final class StandardParameters {
  /// Left out when they have no value.
  private static final Set<String> IF_NOT_EMPTY =
      Set.of("HTTPS", "PATH_INFO", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_HOST");

  /// The only ones that ingress-nginx left out; it sent the others empty.
  private static final Set<String> IF_NOT_EMPTY_AT_NGINX =
      Set.of("HTTPS", "HTTP_HOST", "HTTP_CONTENT_LENGTH");

  /// nginx's own root in ingress-nginx's image, which is what it sent unless told otherwise.
  private static final String INGRESS_NGINX_ROOT = "/usr/local/nginx/html";

  /// The last that ingress-nginx was released with.
  private static final String INGRESS_NGINX_SERVER = "nginx/1.27.1";

  private static final String PATH_TRANSLATED = "PATH_TRANSLATED";

  private StandardParameters() {}

  /// The document root that is meant where none is given.
  static String documentRoot(FastCgiOptions options) {
    return options.documentRoot().isEmpty()
            && options.parameters() == FastCgiOptions.Parameters.INGRESS_NGINX
        ? INGRESS_NGINX_ROOT
        : options.documentRoot();
  }

  static List<Param> of(FastCgiOptions options) {
    List<Param> list =
        new ArrayList<>(
            switch (options.parameters()) {
              case STANDARD -> standard();
              case INGRESS_NGINX -> ingressNginx();
            });
    // A script that is named is not a template: a `$` in it is a `$`.
    boolean named = options.scriptFilename().isPresent();
    if (named || options.parameters() == FastCgiOptions.Parameters.STANDARD) {
      list.add(
          new Param(Parameters.SCRIPT_FILENAME, named ? "" : "$document_root$fastcgi_script_name"));
    }
    return list;
  }

  /// What has to have a value for a parameter to be sent, as a template; empty when it is always
  /// sent.
  static String needed(Param param, FastCgiOptions.Parameters mode) {
    Set<String> ifNotEmpty =
        switch (mode) {
          case STANDARD -> IF_NOT_EMPTY;
          case INGRESS_NGINX -> IF_NOT_EMPTY_AT_NGINX;
        };
    if (param.name().equals(PATH_TRANSLATED)) {
      return "$fastcgi_path_info";
    }
    return ifNotEmpty.contains(param.name()) ? param.value() : "";
  }

  /// RFC 3875 4.1, and what nginx, Apache and Caddy send besides.
  private static List<Param> standard() {
    return List.of(
        new Param("GATEWAY_INTERFACE", "CGI/1.1"),
        new Param("SERVER_SOFTWARE", "postern"),
        // php-cgi refuses to run without it.
        new Param("REDIRECT_STATUS", "200"),
        new Param("DOCUMENT_ROOT", "$document_root"),
        new Param("REQUEST_METHOD", "$request_method"),
        new Param("QUERY_STRING", "$query_string"),
        new Param("REQUEST_URI", "$request_uri"),
        new Param("DOCUMENT_URI", "$document_uri"),
        new Param("SCRIPT_NAME", "$fastcgi_script_name"),
        new Param("PATH_INFO", "$fastcgi_path_info"),
        new Param(PATH_TRANSLATED, "$document_root$fastcgi_path_info"),
        new Param("CONTENT_TYPE", "$content_type"),
        new Param("CONTENT_LENGTH", "$content_length"),
        new Param("SERVER_PROTOCOL", "$server_protocol"),
        new Param("REQUEST_SCHEME", "$scheme"),
        new Param("HTTPS", "$https"),
        new Param("REMOTE_ADDR", "$remote_addr"),
        new Param("REMOTE_PORT", "$remote_port"),
        new Param("SERVER_ADDR", "$server_addr"),
        new Param("SERVER_PORT", "$server_port"),
        new Param("SERVER_NAME", "$server_name"),
        new Param("HTTP_HOST", "$http_host"));
  }

  /// The file `fastcgi_params` that comes with nginx, in its order, and the two headers that nginx
  /// makes a HTTP_ of which are not among the fields here.
  private static List<Param> ingressNginx() {
    return List.of(
        new Param("QUERY_STRING", "$query_string"),
        new Param("REQUEST_METHOD", "$request_method"),
        new Param("CONTENT_TYPE", "$content_type"),
        new Param("CONTENT_LENGTH", "$content_length"),
        new Param("SCRIPT_NAME", "$fastcgi_script_name"),
        new Param("REQUEST_URI", "$request_uri"),
        new Param("DOCUMENT_URI", "$document_uri"),
        new Param("DOCUMENT_ROOT", "$document_root"),
        new Param("SERVER_PROTOCOL", "$server_protocol"),
        new Param("REQUEST_SCHEME", "$scheme"),
        new Param("HTTPS", "$https"),
        new Param("GATEWAY_INTERFACE", "CGI/1.1"),
        new Param("SERVER_SOFTWARE", INGRESS_NGINX_SERVER),
        new Param("REMOTE_ADDR", "$remote_addr"),
        new Param("REMOTE_PORT", "$remote_port"),
        new Param("SERVER_ADDR", "$server_addr"),
        new Param("SERVER_PORT", "$server_port"),
        new Param("SERVER_NAME", "$server_name"),
        new Param("REDIRECT_STATUS", "200"),
        new Param("HTTP_HOST", "$http_host"),
        new Param("HTTP_CONTENT_LENGTH", "$content_length"));
  }
}
