package dev.postern.proxy.authorization;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.postern.proxy.authorization.FieldChange.Action;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads an `envoy.service.auth.v3.CheckResponse`. What Postern has no use for, such as metadata
/// for other filters, is passed over.
final class CheckResponse {
  private static final int FORBIDDEN = 403;

  private long code;
  private boolean denied;
  private int status = FORBIDDEN;
  private String body = "";
  private final List<FieldChange> answer = new ArrayList<>();
  private final List<FieldChange> request = new ArrayList<>();
  private final List<FieldChange> response = new ArrayList<>();
  private final List<byte[]> remove = new ArrayList<>();
  private final List<QueryChange> query = new ArrayList<>();

  private CheckResponse() {}

  /// What it means. As with Envoy, whoever does not say otherwise lets pass.
  ///
  /// @throws IOException when it is none
  static Verdict read(byte[] message) throws IOException {
    CheckResponse read = new CheckResponse();
    each(
        message,
        (field, in) -> {
          switch (field) {
            case 1 -> read.code = number(octets(in), 1);
            case 2 -> read.denied(octets(in));
            case 3 -> read.allowed(octets(in));
            default -> {
              return false;
            }
          }
          return true;
        });
    return read.denied || read.code != 0
        ? new Verdict.Denied(read.status, read.answer, read.body.getBytes(StandardCharsets.UTF_8))
        : new Verdict.Allowed(read.remove, read.request, read.query, read.response);
  }

  private void denied(byte[] message) throws IOException {
    denied = true;
    each(
        message,
        (field, in) -> {
          switch (field) {
            case 1 -> status = status(number(octets(in), 1));
            case 2 -> add(answer, Action.ADD, octets(in));
            case 3 -> body = text(in);
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private static int status(long number) {
    return number < 200 || number > 599 ? FORBIDDEN : (int) number;
  }

  /// What they set replaces what the client sent, unless they say that it is to be appended.
  private void allowed(byte[] message) throws IOException {
    each(
        message,
        (field, in) -> {
          switch (field) {
            case 2 -> add(request, Action.SET, octets(in));
            case 5 -> {
              String name = text(in).toLowerCase(Locale.ROOT);
              if (FieldChange.isFree(name)) {
                remove.add(name.getBytes(StandardCharsets.UTF_8));
              }
            }
            case 6 -> add(response, Action.ADD, octets(in));
            case 7 -> {
              Pair parameter = new Pair(octets(in));
              query.add(
                  new QueryChange(
                      parameter.name,
                      Optional.of(new String(parameter.value, StandardCharsets.UTF_8))));
            }
            case 8 -> query.add(new QueryChange(text(in), Optional.empty()));
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  /// A `HeaderValueOption`.
  ///
  /// @param usual what is done where it does not say
  private static void add(List<FieldChange> to, Action usual, byte[] option) throws IOException {
    Option read = new Option(option, usual);
    String lower = read.header.name.toLowerCase(Locale.ROOT);
    if (!FieldChange.isFree(lower)) {
      return;
    }
    byte[] name = lower.getBytes(StandardCharsets.UTF_8);
    if (!FieldChange.isValid(name, read.header.value)) {
      throw new IOException("a field that no message may have");
    }
    byte[] value =
        new String(read.header.value, StandardCharsets.ISO_8859_1)
            .strip()
            .getBytes(StandardCharsets.ISO_8859_1);
    to.add(new FieldChange(name, value, read.action));
  }

  /// A `HeaderValueOption` as it is read.
  private static final class Option {
    private Pair header = new Pair();
    private Action action;
    private boolean said;

    Option(byte[] message, Action usual) throws IOException {
      action = usual;
      each(
          message,
          (field, in) -> {
            switch (field) {
              case 1 -> header = new Pair(octets(in));
              case 2 -> {
                said = true;
                action = number(octets(in), 1) == 0 ? Action.SET : Action.ADD;
              }
              case 3 -> {
                Action wanted = action(varint(in), usual);
                action = said ? action : wanted;
              }
              default -> {
                return false;
              }
            }
            return true;
          });
    }

    private static Action action(long number, Action usual) throws IOException {
      return switch ((int) Math.min(number, 4)) {
        case 0 -> usual;
        case 1 -> Action.ADD_IF_ABSENT;
        case 2 -> Action.SET;
        case 3 -> Action.SET_IF_PRESENT;
        default -> throw new IOException("an unknown append_action");
      };
    }
  }

  /// A `HeaderValue` or a `QueryParameter`.
  private static final class Pair {
    private String name = "";
    private byte[] value = new byte[0];

    Pair() {}

    Pair(byte[] message) throws IOException {
      each(
          message,
          (field, in) -> {
            switch (field) {
              case 1 -> name = text(in);
              case 2, 3 -> {
                byte[] read = octets(in);
                value = read.length == 0 ? value : read;
              }
              default -> {
                return false;
              }
            }
            return true;
          });
    }
  }

  /// The number in one field of a message; 0 where it is absent.
  private static long number(byte[] message, int wanted) throws IOException {
    long[] number = {0};
    each(
        message,
        (field, in) -> {
          if (field == wanted) {
            number[0] = varint(in);
          }
          return field == wanted;
        });
    return number[0];
  }

  private static byte[] octets(CodedInputStream in) throws IOException {
    expect(in, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.readByteArray();
  }

  private static String text(CodedInputStream in) throws IOException {
    expect(in, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.readStringRequireUtf8();
  }

  private static long varint(CodedInputStream in) throws IOException {
    expect(in, WireFormat.WIRETYPE_VARINT);
    return in.readInt64();
  }

  private static void expect(CodedInputStream in, int type) throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) != type) {
      throw new IOException("a field of another type");
    }
  }

  /// Reads a field.
  private interface Reader {
    /// @return false when it was left unread
    boolean read(int field, CodedInputStream in) throws IOException;
  }

  private static void each(byte[] message, Reader reader) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!reader.read(WireFormat.getTagFieldNumber(tag), in) && !in.skipField(tag)) {
        throw new IOException("a group that never began");
      }
    }
  }
}
