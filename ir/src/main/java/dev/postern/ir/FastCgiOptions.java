package dev.postern.ir;

import java.util.List;
import java.util.Optional;

/// How requests become FastCGI requests (CGI/1.1, RFC 3875 4.1).
///
/// @param parameters which parameters are sent without being listed
/// @param documentRoot an absolute path at the backend, without a slash at its end
/// @param scriptFilename the one script for all requests; absent for the document root and the path
///   of the request
/// @param index what is appended to a path that ends in `/`; empty for nothing
/// @param splitPath suffixes such as `.php`, after the first of which the path goes on as
///   PATH_INFO; none for no PATH_INFO. Compared in ASCII, letter case aside
/// @param params sent besides, in this order; they win over those that are sent by themselves
/// @param maxSpooledOctets of a request body whose length is not known beforehand; beyond it 413
public record FastCgiOptions(
    Parameters parameters,
    String documentRoot,
    Optional<String> scriptFilename,
    String index,
    List<String> splitPath,
    List<Param> params,
    long maxSpooledOctets) {

  /// The limit on spooled bodies where none is given: 1 GiB.
  public static final long DEFAULT_MAX_SPOOLED_OCTETS = 1L << 30;

  /// Sets of parameters.
  public enum Parameters {
    /// What a server for PHP and the like expects, SCRIPT_FILENAME included.
    STANDARD,
    /// Exactly those that ingress-nginx sent: no SCRIPT_FILENAME by itself.
    INGRESS_NGINX
  }

  /// One parameter.
  ///
  /// @param value may hold nginx's variables, such as `$document_root$fastcgi_script_name`
  public record Param(String name, String value) {}

  public FastCgiOptions {
    splitPath = List.copyOf(splitPath);
    params = List.copyOf(params);
  }
}
