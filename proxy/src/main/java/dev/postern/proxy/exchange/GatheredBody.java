package dev.postern.proxy.exchange;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.UpstreamProtocol;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.ClusterEntry;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A request's body of unknown length for a backend that must know the length beforehand, which a
/// CGI script must (RFC 3875 4.1.2). It is gathered to its end before a connection is opened, so
/// that a slow client occupies nothing at the backend: in memory while it is small, else in a
/// temporary file, with little in memory at any time. On the event loop; the file is read and
/// written elsewhere.
final class GatheredBody {
  /// Up to this size all is in memory, and so large are the parts in which the file is written.
  private static final int PART = 64 * 1024;

  /// So many parts may wait to be written before the client is not read from any more.
  private static final int MAX_WAITING = 4;

  private final Exchange exchange;
  private final ClientStream client;
  private final Worker worker;
  private final ClusterEntry cluster;
  private final long maxOctets;
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);

  private @Nullable ByteBuf part;
  private @Nullable SpoolFile file;
  private @Nullable BackendStream to;
  private long octets;
  private long sent;
  private boolean ended;
  private boolean busy;
  private boolean paused;
  private boolean released;

  private GatheredBody(
      Exchange exchange, ClientStream client, ClusterEntry cluster, long maxOctets) {
    this.exchange = exchange;
    this.client = client;
    this.worker = client.connection().worker();
    this.cluster = cluster;
    this.maxOctets = maxOctets;
  }

  /// For a request whose body has to be gathered; null for others.
  static @Nullable GatheredBody wanted(Exchange exchange, ClientStream client, ClusterEntry entry) {
    if (client.request().contentLength() >= 0) {
      return null;
    }
    WorkerCluster cluster = entry.on(client.connection().worker());
    if (cluster == null
        || !(cluster.spec().cluster().protocol()
            instanceof UpstreamProtocol.FastCgi(FastCgiOptions options))) {
      return null;
    }
    goOn(client);
    return new GatheredBody(exchange, client, entry, options.maxSpooledOctets());
  }

  /// Gives a client that waits for it the leave to send its body.
  static void goOn(ClientStream client) {
    if (client.request().headers().has(HeaderName.EXPECT)) {
      ResponseHead goOn = new ResponseHead();
      goOn.clear();
      goOn.status(100);
      client.informational(goOn);
      client.request().headers().removeAll(HeaderName.EXPECT);
      client.flush();
    }
  }

  /// Whether the body has no octet.
  boolean isEmpty() {
    return octets == 0;
  }

  /// Takes a part over.
  void add(ByteBuf data, boolean end) {
    octets += data.readableBytes();
    if (octets > maxOctets) {
      data.release();
      exchange.fail(
          TrafficFailure.BODY_TOO_LARGE,
          "a body of unknown length of more than " + maxOctets + " octets");
      return;
    }
    while (data.isReadable()) {
      ByteBuf room = part;
      if (room == null) {
        room = worker.allocator().directBuffer(Math.min(PART, data.readableBytes()), PART);
        part = room;
      }
      room.writeBytes(data, Math.min(data.readableBytes(), PART - room.writerIndex()));
      if (room.writerIndex() == PART && (data.isReadable() || !end)) {
        waiting.add(room);
        part = null;
      }
    }
    data.release();
    if (end) {
      end();
    } else {
      write();
    }
  }

  /// The client may be read from again, as far as it is for this to say.
  void resume() {
    if (!paused) {
      client.readBody(true);
    }
  }

  /// The body is complete.
  void end() {
    ended = true;
    if (part != null && (file != null || !waiting.isEmpty())) {
      waiting.add(part);
      part = null;
    }
    write();
  }

  /// Writes what waits, one part at a time; goes on when all is there.
  private void write() {
    ByteBuf next = busy ? null : waiting.pollFirst();
    if (next != null) {
      SpoolFile into = file == null ? new SpoolFile(worker.loop()) : file;
      file = into;
      busy = true;
      into.append(next, failure -> written(next, failure));
    }
    boolean full = waiting.size() >= MAX_WAITING;
    if (full != paused) {
      paused = full;
      client.readBody(!full);
    }
    if (ended && !busy) {
      RequestHead request = client.request();
      request.contentLength(octets);
      request.chunked(false);
      exchange.attempt(cluster);
    }
  }

  private void written(ByteBuf written, String failure) {
    busy = false;
    written.release();
    if (released) {
      free();
    } else if (failure.isEmpty()) {
      write();
    } else {
      exchange.fail(TrafficFailure.BODY_NOT_KEPT, failure);
    }
  }

  /// Sends it, from its start and to its end, as fast as it is taken.
  void sendTo(BackendStream stream) {
    to = stream;
    sent = 0;
    if (file == null) {
      if (part != null) {
        stream.data(part.retainedDuplicate(), true);
      }
    } else {
      read();
    }
  }

  /// Nobody takes it for now.
  void stop() {
    to = null;
  }

  /// The backend takes more.
  void writable() {
    if (file != null) {
      read();
    }
  }

  private void read() {
    BackendStream stream = to;
    SpoolFile from = file;
    if (stream == null || from == null || busy || sent == octets) {
      return;
    }
    busy = true;
    int length = (int) Math.min(PART, octets - sent);
    ByteBuf into = worker.allocator().directBuffer(length, length);
    from.read(sent, into, failure -> read(stream, into, failure));
  }

  @SuppressWarnings("ReferenceEquality") // it may have been read for an attempt that failed
  private void read(BackendStream stream, ByteBuf data, String failure) {
    busy = false;
    if (released || stream != to) {
      data.release();
      if (released) {
        free();
      } else {
        read();
      }
    } else if (!failure.isEmpty()) {
      data.release();
      exchange.fail(TrafficFailure.BODY_NOT_KEPT, failure);
    } else {
      sent += data.readableBytes();
      stream.data(data, sent == octets);
      stream.flush();
      if (stream.writable()) {
        read();
      }
    }
  }

  /// It is needed no more.
  void release() {
    released = true;
    to = null;
    if (!busy) {
      free();
    }
  }

  private void free() {
    if (part != null) {
      part.release();
      part = null;
    }
    ByteBuf left;
    while ((left = waiting.pollFirst()) != null) {
      left.release();
    }
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
