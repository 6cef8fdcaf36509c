package dev.postern.e2e.hardening;

/// An HTTP/1 request and what must come of it. In both texts `{host}` stands for a host that has a
/// backend, `{path}` for a path that no other shape has.
record Shape(String name, String bytes, Must must) {
  static final String SMUGGLED = "GET {path}-smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n";

  /// A POST with these fields and octets behind the head.
  static Shape post(String name, String fields, String body, Must must) {
    return new Shape(
        name, "POST {path} HTTP/1.1\r\nHost: {host}\r\n" + fields + "\r\n" + body, must);
  }

  /// A POST in chunks.
  static Shape chunks(String name, String chunks, Must must) {
    return post(name, "Transfer-Encoding: chunked\r\n", chunks, must);
  }

  /// A GET with these fields.
  static Shape get(String name, String fields, Must must) {
    return new Shape(name, "GET {path} HTTP/1.1\r\nHost: {host}\r\n" + fields + "\r\n", must);
  }

  /// A request without a body for that request line.
  static Shape line(String name, String line, Must must) {
    return new Shape(name, line + "\r\nHost: {host}\r\n\r\n", must);
  }

  static String fill(String text, String host, String path) {
    return text.replace("{host}", host).replace("{path}", path);
  }

  @Override
  public String toString() {
    return name;
  }
}
