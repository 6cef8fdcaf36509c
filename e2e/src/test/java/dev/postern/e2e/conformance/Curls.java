package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Curl;

/** HTTP/2 by curl. */
record Curls(String... arguments) {

  /** In plaintext, with prior knowledge. */
  static Curls http2(int port, String path) {
    return new Curls("--http2-prior-knowledge", "http://127.0.0.1:" + port + path);
  }

  /** Over TLS to one name, asking for the host of another. */
  static Curls http2(int port, String path, String serverName, String host) {
    return new Curls(
        "--http2",
        "--insecure",
        "--connect-to",
        serverName + ":" + port + ":127.0.0.1:" + port,
        "--header",
        "Host: " + host,
        "https://" + serverName + ":" + port + path);
  }

  /** Over TLS with HTTP/1.1, whoever's certificate it is. */
  static Curls tls(int port, String path, String serverName) {
    return new Curls(
        "--http1.1",
        "--insecure",
        "--connect-to",
        serverName + ":" + port + ":127.0.0.1:" + port,
        "https://" + serverName + ":" + port + path);
  }

  /** A body that has these texts. */
  void answers(String... texts) {
    Case.settles(() -> assertThat(Curl.curl(arguments).output()).contains(texts));
  }

  /** That status, and a body that has that text. */
  void answers(int status, String text) {
    Case.settles(() -> {
      String[] all = new String[arguments.length + 2];
      System.arraycopy(arguments, 0, all, 2, arguments.length);
      all[0] = "--write-out";
      all[1] = "\nstatus=%{http_code} version=%{http_version}";
      assertThat(Curl.curl(all).output())
          .contains(text)
          .endsWith("status=" + status + " version=2");
    });
  }
}
