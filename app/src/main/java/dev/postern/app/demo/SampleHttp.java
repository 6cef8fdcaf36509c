package dev.postern.app.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// The HTTP/1.1 of the [SampleBackend], on one connection.
final class SampleHttp {
  private static final int LONGEST_HEAD = 64 * 1024;

  private final InputStream in;
  private final OutputStream out;

  SampleHttp(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /// Answers each request with what it looked like from here.
  void answerAll(String how) throws IOException {
    boolean keep = true;
    while (keep) {
      String head = readHead();
      if (head.isEmpty()) {
        return;
      }
      keep = skipBody(head) && !value(head, "connection").equals("close");
      answer(head, page(head, how), keep);
    }
  }

  /// What nginx says when somebody speaks plaintext to its TLS port.
  void refusePlaintext() throws IOException {
    if (readHead().isEmpty()) {
      return;
    }
    byte[] body =
        """
        <html>
        <head><title>400 The plain HTTP request was sent to HTTPS port</title></head>
        <body>
        <h1>400 Bad Request</h1>
        <p>The plain HTTP request was sent to HTTPS port</p>
        </body>
        </html>
        """
            .getBytes(StandardCharsets.UTF_8);
    write("400 Bad Request", "text/html", body, true, false);
  }

  private String readHead() throws IOException {
    var head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 2 && head.size() < LONGEST_HEAD) {
      int octet = in.read();
      if (octet < 0) {
        return "";
      }
      head.write(octet);
      if (octet == '\n') {
        ends++;
      } else if (octet != '\r') {
        ends = 0;
      }
    }
    return ends == 2 ? head.toString(StandardCharsets.ISO_8859_1) : "";
  }

  /// Returns false where the connection is of no use afterwards.
  private boolean skipBody(String head) throws IOException {
    if (value(head, "expect").equals("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    if (value(head, "transfer-encoding").endsWith("chunked")) {
      return skipChunks();
    }
    String length = value(head, "content-length");
    if (!length.isEmpty()) {
      in.skipNBytes(Long.parseLong(length, 10));
    }
    return true;
  }

  private boolean skipChunks() throws IOException {
    while (true) {
      String size = line();
      int end = size.indexOf(';');
      long octets = Long.parseLong(end < 0 ? size : size.substring(0, end), 16);
      if (octets == 0) {
        while (!line().isEmpty()) {
          // Trailers say nothing to us.
        }
        return true;
      }
      in.skipNBytes(octets);
      line();
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0 || line.length() > LONGEST_HEAD) {
        throw new IOException("no end of line");
      }
      line.append((char) octet);
    }
    return line.toString().strip();
  }

  private static String value(String head, String name) {
    return lines(head).stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip().toLowerCase(Locale.ROOT))
        .findFirst()
        .orElse("");
  }

  private static List<String> lines(String head) {
    return head.strip().lines().toList();
  }

  private static String page(String head, String how) {
    return "Welcome to the sample backend of postern demo.\n\n"
        + "The gateway reached it by: "
        + how
        + "\nIts request was:\n\n"
        + String.join("\n", lines(head))
        + "\n";
  }

  private void answer(String head, String page, boolean keep) throws IOException {
    write(
        "200 OK",
        "text/plain",
        page.getBytes(StandardCharsets.ISO_8859_1),
        !head.startsWith("HEAD "),
        keep);
  }

  private void write(String status, String type, byte[] body, boolean withBody, boolean keep)
      throws IOException {
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nServer: sample-backend\r\nContent-Type: "
            + type
            + "; charset=utf-8\r\nContent-Length: "
            + body.length
            + "\r\nConnection: "
            + (keep ? "keep-alive" : "close")
            + "\r\n\r\n";
    var whole = new ByteArrayOutputStream(head.length() + body.length);
    whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    if (withBody) {
      whole.writeBytes(body);
    }
    out.write(whole.toByteArray());
    out.flush();
  }
}
