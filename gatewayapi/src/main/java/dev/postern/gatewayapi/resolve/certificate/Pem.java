package dev.postern.gatewayapi.resolve.certificate;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The blocks of a PEM text (RFC 7468). Text around the blocks is let pass, as that RFC demands.
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";

  private Pem() {}

  /// One block; its label is such as `CERTIFICATE`.
  static final class Block {
    private final String label;
    private final byte[] der;

    Block(String label, byte[] der) {
      this.label = label;
      this.der = der;
    }

    String label() {
      return label;
    }

    byte[] der() {
      return der;
    }
  }

  static List<Block> blocks(String text) throws PemException {
    List<Block> blocks = new ArrayList<>();
    int from = text.indexOf(BEGIN);
    while (from >= 0) {
      int labelEnd = text.indexOf(DASHES, from + BEGIN.length());
      if (labelEnd < 0) {
        throw new PemException("a BEGIN line is cut off");
      }
      String label = text.substring(from + BEGIN.length(), labelEnd);
      String end = "-----END " + label + DASHES;
      int bodyEnd = text.indexOf(end, labelEnd);
      if (label.indexOf('\n') >= 0 || bodyEnd < 0) {
        throw new PemException("PEM block " + (blocks.size() + 1) + " has no END line");
      }
      String body = text.substring(labelEnd + DASHES.length(), bodyEnd);
      blocks.add(new Block(label, decode(body, blocks.size() + 1)));
      from = text.indexOf(BEGIN, bodyEnd + end.length());
    }
    return blocks;
  }

  private static byte[] decode(String body, int number) throws PemException {
    if (body.contains("Proc-Type:") && body.contains("ENCRYPTED")) {
      throw new PemException("the private key is encrypted; store it without a passphrase");
    }
    StringBuilder base64 = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      if (!Character.isWhitespace(body.charAt(i))) {
        base64.append(body.charAt(i));
      }
    }
    try {
      return Base64.getDecoder().decode(base64.toString());
    } catch (IllegalArgumentException _) {
      throw new PemException("PEM block " + number + " is not valid base64");
    }
  }
}
