package dev.postern.proxy.fastcgi;

/// Numbers of the FastCGI Specification 1.0, section 8.
final class RecordType {
  static final int VERSION = 1;
  static final int HEADER_OCTETS = 8;

  static final int BEGIN_REQUEST = 1;
  static final int END_REQUEST = 3;
  static final int PARAMS = 4;
  static final int STDIN = 5;
  static final int STDOUT = 6;
  static final int STDERR = 7;

  static final int RESPONDER = 1;

  /// The only request of a connection: php-fpm does not tell two apart.
  static final int REQUEST_ID = 1;

  /// The most that one record carries. php-fpm refuses records whose content and padding together
  /// are over 65535 octets; this is the largest content that needs no padding.
  static final int MAX_CONTENT = 65528;

  static final int REQUEST_COMPLETE = 0;
  static final int OVERLOADED = 2;

  private RecordType() {}
}
