package dev.postern.proxy.http1;

import dev.postern.proxy.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Finds where a message's body ends and takes its framing off: a length, chunks (RFC 9112 7.1) or
/// the end of the connection. One instance reads one body after another.
public final class BodyDecoder {

  /// Takes what is in the body.
  public interface Sink {
    /// Octets of the body; the sink owns the buffer.
    void bodyData(ByteBuf data);

    /// The trailer fields; only where there are any. Valid until the call returns.
    void bodyTrailers(HeaderBlock trailers);
  }

  private enum State {
    LENGTH,
    UNTIL_CLOSE,
    CHUNK_SIZE,
    CHUNK_BLANK,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_CR,
    CHUNK_LF,
    TRAILERS,
    DONE,
    FAILED
  }

  /// Of one chunk's extensions; they carry no meaning here and are dropped.
  private static final int MAX_EXTENSION = 1024;

  private static final int MAX_SIZE_DIGITS = 15;

  private final TrailerParser trailers;
  private State state = State.DONE;
  private long remaining;
  private int digits;
  private int extension;
  private @Nullable Malformed failure;

  public BodyDecoder(int maxTrailerOctets, int maxTrailerFields) {
    trailers = new TrailerParser(maxTrailerOctets, maxTrailerFields);
  }

  /// A body of that many octets, 0 included.
  public void length(long octets) {
    remaining = octets;
    state = octets == 0 ? State.DONE : State.LENGTH;
  }

  /// A body in chunks.
  public void chunked() {
    state = State.CHUNK_SIZE;
    remaining = 0;
    digits = 0;
    extension = 0;
  }

  /// A body that ends with the connection.
  public void untilClose() {
    state = State.UNTIL_CLOSE;
  }

  /// Whether the whole body was read.
  public boolean done() {
    return state == State.DONE;
  }

  /// Whether the octets given last to the sink were the last of a body with a length.
  public boolean exhausted() {
    return state == State.LENGTH && remaining == 0;
  }

  /// At least so many octets of the body are still to come: of a length, or of the chunk that has
  /// begun.
  public long remaining() {
    return state == State.LENGTH || state == State.CHUNK_DATA ? remaining : 0;
  }

  /// Whether the end of the connection is the end of the body.
  public boolean endsWithConnection() {
    return state == State.UNTIL_CLOSE;
  }

  /// Why [#decode] returned false.
  public Malformed failure() {
    return failure == null ? Malformed.CHUNK : failure;
  }

  /// Reads what is there; stops behind the body's end.
  ///
  /// @return false when the body is malformed
  public boolean decode(ByteBuf in, Sink sink) {
    while (in.isReadable()) {
      switch (state) {
        case LENGTH -> {
          data(in, sink);
          if (remaining == 0) {
            state = State.DONE;
          }
        }
        case UNTIL_CLOSE -> sink.bodyData(in.readRetainedSlice(in.readableBytes()));
        case CHUNK_SIZE -> size(in.readByte());
        case CHUNK_BLANK -> blank(in.readByte());
        case CHUNK_EXTENSION -> extension(in.readByte());
        case CHUNK_SIZE_LF -> sizeEnd(in.readByte());
        case CHUNK_DATA -> {
          data(in, sink);
          if (remaining == 0) {
            state = State.CHUNK_CR;
          }
        }
        case CHUNK_CR -> expect(in.readByte(), '\r', State.CHUNK_LF);
        case CHUNK_LF -> {
          expect(in.readByte(), '\n', State.CHUNK_SIZE);
          digits = 0;
          extension = 0;
        }
        case TRAILERS -> trailers(in, sink);
        case DONE -> {
          return true;
        }
        case FAILED -> {
          return false;
        }
      }
    }
    return state != State.FAILED;
  }

  private void data(ByteBuf in, Sink sink) {
    int take = (int) Math.min(remaining, in.readableBytes());
    remaining -= take;
    sink.bodyData(in.readRetainedSlice(take));
  }

  private void size(byte b) {
    int digit = Character.digit(b, 16);
    if (digit >= 0 && digits < MAX_SIZE_DIGITS) {
      remaining = remaining * 16 + digit;
      digits++;
    } else if (digits == 0 || digit >= 0) {
      state = State.FAILED;
    } else {
      blank(b);
    }
  }

  /// Behind a size or blanks after it, nothing but an extension or the line's end may come.
  private void blank(byte b) {
    if (b == '\r') {
      state = State.CHUNK_SIZE_LF;
    } else if (b == ';') {
      state = State.CHUNK_EXTENSION;
    } else if ((b == ' ' || b == '\t') && ++extension <= MAX_EXTENSION) {
      state = State.CHUNK_BLANK;
    } else {
      state = State.FAILED;
    }
  }

  private void extension(byte b) {
    if (b == '\r') {
      state = State.CHUNK_SIZE_LF;
    } else if (!Characters.VALUE[b & 0xff] || ++extension > MAX_EXTENSION) {
      state = State.FAILED;
    }
  }

  private void sizeEnd(byte b) {
    if (b != '\n') {
      state = State.FAILED;
    } else if (remaining == 0) {
      state = State.TRAILERS;
      trailers.begin();
    } else {
      state = State.CHUNK_DATA;
    }
  }

  private void expect(byte b, char wanted, State next) {
    state = b == wanted ? next : State.FAILED;
  }

  private void trailers(ByteBuf in, Sink sink) {
    switch (trailers.parse(in)) {
      case HeadParser.COMPLETE -> {
        state = State.DONE;
        if (trailers.fields().count() > 0) {
          sink.bodyTrailers(trailers.fields());
        }
      }
      case HeadParser.FAILED -> {
        failure = trailers.failure();
        state = State.FAILED;
      }
      default -> {}
    }
  }
}
