package dev.postern.proxy.tls;

/// What a certificate is to be used for (RFC 5280 4.2.1.12).
enum Purpose {
  SERVER("1.3.6.1.5.5.7.3.1", "servers", "serverAuth", "the backend"),
  CLIENT("1.3.6.1.5.5.7.3.2", "clients", "clientAuth", "the client");

  private final String oid;
  private final String whose;
  private final String usage;
  private final String sender;

  Purpose(String oid, String whose, String usage, String sender) {
    this.oid = oid;
    this.whose = whose;
    this.usage = usage;
    this.sender = sender;
  }

  String oid() {
    return oid;
  }

  /// Who sent it, for a message.
  String sender() {
    return sender;
  }

  String objection() {
    return "must not be used for " + whose + ": its extended key usage lacks " + usage;
  }
}
