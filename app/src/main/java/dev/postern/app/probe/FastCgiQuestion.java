package dev.postern.app.probe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The two questions by which FastCGI is known (FastCGI specification 1.0, 4.1 and 5.1).
final class FastCgiQuestion {
  private static final int VERSION = 1;
  private static final int BEGIN_REQUEST = 1;
  private static final int END_REQUEST = 3;
  private static final int PARAMS = 4;
  private static final int STDIN = 5;
  private static final int STDOUT = 6;
  private static final int STDERR = 7;
  private static final int GET_VALUES = 9;
  private static final int GET_VALUES_RESULT = 10;
  private static final int UNKNOWN_TYPE = 11;
  private static final int HEADER = 8;

  private FastCgiQuestion() {}

  /// Costs the backend nothing, yet not all servers answer it.
  static Question values() {
    var content = new ByteArrayOutputStream();
    pair(content, "FCGI_MPXS_CONNS", "");
    var out = new ByteArrayOutputStream();
    record(out, GET_VALUES, 0, content.toByteArray());
    return question(out);
  }

  /// A request for a script that is not there.
  static Question request() {
    var begin = new byte[] {0, 1, 0, 0, 0, 0, 0, 0}; // the role of a responder
    var params = new ByteArrayOutputStream();
    pair(params, "REQUEST_METHOD", "GET");
    pair(params, "SCRIPT_FILENAME", "/postern-probe.php");
    pair(params, "SCRIPT_NAME", "/postern-probe.php");
    pair(params, "REQUEST_URI", "/postern-probe.php");
    pair(params, "SERVER_PROTOCOL", "HTTP/1.1");
    var out = new ByteArrayOutputStream();
    record(out, BEGIN_REQUEST, 1, begin);
    record(out, PARAMS, 1, params.toByteArray());
    record(out, PARAMS, 1, new byte[0]);
    record(out, STDIN, 1, new byte[0]);
    return question(out);
  }

  static boolean isAnsweredBy(Heard heard) {
    byte[] bytes = heard.bytes();
    if (bytes.length < HEADER || bytes[0] != VERSION) {
      return false;
    }
    int id = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    return switch (bytes[1]) {
      case GET_VALUES_RESULT, UNKNOWN_TYPE -> id == 0;
      case STDOUT, STDERR, END_REQUEST -> id == 1;
      default -> false;
    };
  }

  private static Question question(ByteArrayOutputStream out) {
    return new Question.Bytes(out.toByteArray(), heard -> heard.length >= HEADER);
  }

  private static void record(ByteArrayOutputStream out, int type, int id, byte[] content) {
    out.writeBytes(
        new byte[] {
          VERSION,
          (byte) type,
          (byte) (id >> 8),
          (byte) id,
          (byte) (content.length >> 8),
          (byte) content.length,
          0,
          0
        });
    out.writeBytes(content);
  }

  /// Both shorter than 128 octets.
  private static void pair(ByteArrayOutputStream out, String name, String value) {
    out.write(name.length());
    out.write(value.length());
    out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }
}
