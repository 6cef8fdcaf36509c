package dev.postern.proxy.fastcgi;

import io.netty.buffer.ByteBuf;

/// Takes the application's records apart as octets come in (FastCGI Specification 1.0, 3.3). Keeps
/// no more than a header of 8 octets, whatever is sent. Reads one response.
final class RecordReader {

  /// What is in the records, in order.
  interface Sink {
    /// A part of the response; the sink's from now on.
    void stdout(ByteBuf data);

    /// A part of what is meant for a log; valid until the call returns.
    void stderr(ByteBuf data);

    /// The response is over.
    ///
    /// @param protocolStatus 0 when the request was served
    void ended(int protocolStatus);
  }

  private static final int END_OCTETS = 8;

  private final byte[] fixed = new byte[RecordType.HEADER_OCTETS];
  private int have;
  private int type;
  private int content;
  private int padding;
  private boolean stdoutClosed;
  private boolean ended;
  private String failure = "";

  /// Whether the end came.
  boolean ended() {
    return ended;
  }

  /// Why [#read] gave up.
  String failure() {
    return failure;
  }

  /// Reads all that is there. What follows the end is dropped.
  ///
  /// @return false when it makes no sense; nothing more can be read then
  boolean read(ByteBuf in, Sink sink) {
    while (in.isReadable() && !ended) {
      if (!failure.isEmpty()) {
        return false;
      }
      if (type == 0) {
        if (gather(in)) {
          header();
        }
      } else if (content > 0) {
        content(in, sink);
      } else {
        padding(in);
      }
    }
    if (ended) {
      in.skipBytes(in.readableBytes());
    }
    return failure.isEmpty();
  }

  private boolean gather(ByteBuf in) {
    int take = Math.min(in.readableBytes(), fixed.length - have);
    in.readBytes(fixed, have, take);
    have += take;
    if (have < fixed.length) {
      return false;
    }
    have = 0;
    return true;
  }

  private void header() {
    int version = fixed[0] & 0xff;
    int kind = fixed[1] & 0xff;
    content = unsigned16(4);
    padding = fixed[6] & 0xff;
    if (version != RecordType.VERSION) {
      failure = "a FastCGI record of version " + version;
    } else if (unsigned16(2) != RecordType.REQUEST_ID) {
      failure = "a FastCGI record for request " + unsigned16(2) + ", which was not made";
    } else {
      switch (kind) {
        case RecordType.STDOUT -> {
          if (stdoutClosed && content > 0) {
            failure = "FastCGI output after its end";
          }
          stdoutClosed |= content == 0;
        }
        case RecordType.STDERR -> {}
        case RecordType.END_REQUEST -> {
          if (content != END_OCTETS) {
            failure = "a FastCGI end of " + content + " octets";
          }
        }
        default -> failure = "a FastCGI record of type " + kind;
      }
    }
    type = content + padding > 0 ? kind : 0;
  }

  private void content(ByteBuf in, Sink sink) {
    if (type == RecordType.END_REQUEST) {
      if (gather(in)) {
        ended = true;
        sink.ended(fixed[4] & 0xff);
      }
      return;
    }
    int take = Math.min(in.readableBytes(), content);
    content -= take;
    if (type == RecordType.STDOUT) {
      sink.stdout(in.readRetainedSlice(take));
    } else {
      sink.stderr(in.readSlice(take));
    }
    endOfRecord();
  }

  private void padding(ByteBuf in) {
    int take = Math.min(in.readableBytes(), padding);
    in.skipBytes(take);
    padding -= take;
    endOfRecord();
  }

  private void endOfRecord() {
    if (content + padding == 0) {
      type = 0;
    }
  }

  private int unsigned16(int at) {
    return (fixed[at] & 0xff) << 8 | (fixed[at + 1] & 0xff);
  }
}
