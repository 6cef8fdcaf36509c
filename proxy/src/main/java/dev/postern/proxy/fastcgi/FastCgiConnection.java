package dev.postern.proxy.fastcgi;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.RequestOrigin;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.Connection;
import dev.postern.proxy.socket.ConnectionListener;
import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendConnection;
import dev.postern.proxy.upstream.BackendLink;
import dev.postern.proxy.upstream.BackendListener;
import dev.postern.proxy.upstream.BackendListener.Acted;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.worker.Faults;
import dev.postern.proxy.worker.Limits;
import dev.postern.proxy.worker.Sweeper;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One FastCGI connection, for one request: a connection that is kept occupies one of php-fpm's few
/// workers, and one that is opened before there is a request does so, too. An application has no
/// other way to hear that the client is gone than that the connection closes.
final class FastCgiConnection
    implements BackendConnection, BackendStream, ConnectionListener, RecordReader.Sink {
  private static final byte[] HEAD = Octets.ascii("HEAD");
  private static final byte[] HTTP_2 = Octets.ascii("HTTP/2.0");

  /// What follows a response that has no body is read and dropped, so that the script may come to
  /// its end; for so long and so much.
  private static final long MAX_LINGER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long MAX_LINGER_OCTETS = 1 << 20;

  private final Connection connection;
  private final String tlsVersion;
  private final Parameters parameters;
  private final Worker worker;
  private final StatCells cells;
  private final RecordWriter writer;
  private final RecordReader reader = new RecordReader();
  private final StandardError errors = new StandardError();
  private final ResponseHead head = new ResponseHead();
  private final Sweeper.Swept lingerWatch = new LingerWatch();

  private @Nullable BackendListener listener;
  private @Nullable CgiHeadParser parser;
  private boolean taken;
  private boolean refused;
  private boolean heard;
  private boolean headSeen;
  private boolean lingering;
  private long lingerSince;
  private long lingerOctets;

  /// What is left of Content-Length; negative without one.
  private long remaining = -1;

  private long surplus;
  private boolean closed;
  private boolean readable = true;
  private String trouble = "";
  private boolean tlsTrouble;

  private FastCgiConnection(BackendLink link, Parameters parameters) {
    this.connection = link.connection();
    this.tlsVersion = link.tlsVersion();
    this.parameters = parameters;
    this.worker = link.worker();
    this.cells = link.cells();
    this.writer = new RecordWriter(connection.outlet());
  }

  /// Speaks it on a connection. Who opened it takes it at once, or nobody does.
  static FastCgiConnection start(BackendLink link, Parameters parameters) {
    FastCgiConnection started = new FastCgiConnection(link, parameters);
    link.connection().listener(started);
    link.worker().loop().execute(started::retire);
    return started;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public boolean hasRoom() {
    return !taken && !closed && connection.isActive();
  }

  @Override
  public BackendStream take(BackendListener listener, boolean reused) {
    this.listener = listener;
    taken = true;
    return this;
  }

  @Override
  public void retire() {
    if (!taken) {
      close();
    }
  }

  private void close() {
    if (!closed) {
      closed = true;
      cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_LOCAL.ordinal());
      connection.close();
    }
  }

  @Override
  public void head(RequestHead request, boolean end) {
    if (listener == null) {
      return;
    }
    if (!end && request.contentLength() < 0) {
      throw new IllegalStateException("a body of unknown length reached FastCGI");
    }
    Limits limits = worker.limits();
    parser =
        new CgiHeadParser(limits.headOctets(), limits.headFields(), head, request.methodIs(HEAD));
    RequestPath path = new RequestPath();
    String why =
        path.read(request.bytes(), request.pathOffset(), request.pathLength(), parameters.rules());
    if (why.isEmpty() && !write(request, path)) {
      why = "a field is too long for FastCGI";
    }
    if (!why.isEmpty()) {
      refuse(why);
      return;
    }
    if (end) {
      writer.endStdin();
    } else if (request.headers().has(HeaderName.EXPECT)) {
      // No script answers 100: the gateway takes the body and says so.
      worker.loop().execute(this::continues);
    }
  }

  private boolean write(RequestHead request, RequestPath path) {
    String protocol = request.protocol();
    RequestOrigin origin = request.origin();
    if (origin == null) {
      throw new IllegalStateException("a request from nowhere");
    }
    RequestVariables variables =
        new RequestVariables(
            request,
            path,
            origin,
            parameters.documentRoot(),
            protocol.equals("HTTP/2") ? HTTP_2 : Octets.ascii(protocol),
            parameters.uriIsRewritten());
    return parameters.write(variables, request.headers(), writer.begin());
  }

  private void continues() {
    BackendListener to = listener;
    if (to != null && !headSeen) {
      ResponseHead informational = new ResponseHead();
      informational.clear();
      informational.status(100);
      to.responseInformational(informational);
      to.responseFlush();
    }
  }

  /// The client is to blame, not the backend, which hears nothing of it.
  private void refuse(String why) {
    refused = true;
    writer.release();
    worker.loop().execute(() -> fail(TrafficFailure.MALFORMED_REQUEST, why, Acted.PERHAPS));
  }

  @Override
  public void data(ByteBuf data, boolean end) {
    if (refused) {
      data.release();
      return;
    }
    writer.stdin(data);
    if (end) {
      writer.endStdin();
    }
  }

  @Override
  public void trailers(HeaderBlock trailers) {
    if (!refused) {
      writer.endStdin();
    }
  }

  @Override
  public void flush() {
    if (!refused) {
      cells.add(ClusterStat.UPSTREAM_CX_TX_BYTES_TOTAL.ordinal(), writer.flush());
    }
  }

  @Override
  public boolean writable() {
    return connection.isWritable();
  }

  @Override
  public void readResponse(boolean wanted) {
    if (readable != wanted) {
      readable = wanted;
      connection.read(wanted);
      cells.increment(
          (wanted
                  ? ClusterStat.UPSTREAM_FLOW_CONTROL_RESUMED_READING
                  : ClusterStat.UPSTREAM_FLOW_CONTROL_PAUSED_READING)
              .ordinal());
    }
  }

  @Override
  public void cancel() {
    listener = null;
    close();
  }

  @Override
  public String protocol() {
    return "FastCGI";
  }

  @Override
  public String tlsVersion() {
    return tlsVersion;
  }

  @Override
  public void received(ByteBuf in) {
    try {
      cells.add(ClusterStat.UPSTREAM_CX_RX_BYTES_TOTAL.ordinal(), in.readableBytes());
      heard = true;
      if (!closed && !reader.read(in, this)) {
        protocolError(reader.failure());
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void stdout(ByteBuf data) {
    if (!headSeen && listener != null) {
      readHead(data);
    }
    int octets = data.readableBytes();
    BackendListener to = listener;
    if (to == null || octets == 0) {
      data.release();
      lingerOctets += octets;
      if (lingering && lingerOctets > MAX_LINGER_OCTETS) {
        close();
      }
      return;
    }
    if (remaining >= 0 && octets > remaining) {
      // The client was told where the body ends; more would pass for the next response.
      surplus += octets - remaining;
      data.writerIndex(data.readerIndex() + (int) remaining);
      octets = (int) remaining;
    }
    if (remaining >= 0) {
      remaining -= octets;
    }
    if (octets == 0) {
      data.release();
    } else {
      to.responseData(data, false);
    }
  }

  private void readHead(ByteBuf data) {
    CgiHeadParser reads = parser;
    if (reads == null) {
      protocolError("answered before it was asked");
      return;
    }
    switch (reads.parse(data)) {
      case CgiHeadParser.COMPLETE -> headComplete();
      case CgiHeadParser.FAILED -> protocolError(reads.failure());
      default -> {}
    }
  }

  private void headComplete() {
    BackendListener to = listener;
    if (to == null) {
      return;
    }
    headSeen = true;
    remaining = head.contentLength();
    if (head.bodyless()) {
      listener = null;
      lingering = true;
      lingerSince = System.nanoTime();
      worker.sweeper().add(lingerWatch);
      to.responseHead(head, true);
      to.responseFlush();
    } else {
      to.responseHead(head, false);
    }
  }

  @Override
  public void stderr(ByteBuf data) {
    errors.add(data);
  }

  @Override
  public void ended(int protocolStatus) {
    BackendListener to = listener;
    if (to == null) {
      close();
    } else if (protocolStatus == RecordType.OVERLOADED && !headSeen) {
      fail(TrafficFailure.REMOTE_REFUSED, "the application is overloaded", Acted.NO);
    } else if (protocolStatus != RecordType.REQUEST_COMPLETE) {
      protocolError("the application refused the request, protocol status " + protocolStatus);
    } else if (!headSeen) {
      protocolError("the script ended before its head was complete");
    } else if (remaining > 0) {
      protocolError("the script's Content-Length says " + remaining + " octets more");
    } else {
      listener = null;
      close();
      note(to);
      to.responseData(Unpooled.EMPTY_BUFFER, true);
      to.responseFlush();
    }
  }

  private void note(BackendListener to) {
    if (surplus > 0) {
      to.responseNote("dropped " + surplus + " octets beyond the script's Content-Length");
    }
    if (!errors.isEmpty()) {
      to.responseNote(errors.toString());
    }
  }

  private void protocolError(String reason) {
    if (listener != null) {
      cells.increment(ClusterStat.UPSTREAM_CX_PROTOCOL_ERROR.ordinal());
    }
    fail(TrafficFailure.PROTOCOL_ERROR, reason, Acted.PERHAPS);
  }

  private void fail(TrafficFailure failure, String reason, Acted acted) {
    BackendListener to = listener;
    listener = null;
    close();
    if (to != null) {
      cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_WITH_ACTIVE_RQ.ordinal());
      to.responseFailed(failure, errors.isEmpty() ? reason : reason + "; " + errors, acted);
    }
  }

  @Override
  public void receivedAll() {
    if (listener != null) {
      listener.responseFlush();
    }
  }

  @Override
  public void becameWritable() {
    if (listener != null) {
      listener.backendWritable();
    }
  }

  @Override
  public void outputLost(String reason) {
    trouble = reason;
  }

  @Override
  public void broken(Throwable cause) {
    Faults.tell("A connection to a FastCGI backend", cause);
    trouble = String.valueOf(cause.getMessage());
    tlsTrouble = cause instanceof SSLException;
  }

  @Override
  public void closed() {
    worker.sweeper().remove(lingerWatch);
    if (!closed) {
      closed = true;
      cells.increment(ClusterStat.UPSTREAM_CX_DESTROY_REMOTE.ordinal());
    }
    if (tlsTrouble && !heard) {
      // With TLS 1.3 a client certificate is refused only now: no application is to blame.
      fail(TrafficFailure.CONNECTION_TERMINATION, trouble, Acted.PERHAPS);
    } else {
      protocolError(trouble.isEmpty() ? "the backend closed the connection" : trouble);
    }
  }

  /// Closes it when a script does not come to its end.
  private final class LingerWatch extends Sweeper.Swept {
    @Override
    protected void sweep(long nowNanos) {
      if (nowNanos - lingerSince > MAX_LINGER_NANOS) {
        worker.sweeper().remove(this);
        close();
      }
    }
  }
}
