package dev.postern.proxy.http2;

import dev.postern.proxy.hpack.FieldSink;
import dev.postern.proxy.hpack.HpackEncoder;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.socket.SendBuffers;
import dev.postern.proxy.worker.Faults;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection (RFC 9113): frames, the states of streams, windows.
///
/// What is sent leaves at [#flush]. A stream is closed no earlier than what was written for it has
/// left, and never from within a call that sends: owners may send whenever they like.
public abstract class Http2Session extends ChannelInboundHandlerAdapter {
  final LocalSettings local;
  private final SendBuffers buffers;
  final FloodGuard guard;
  final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>();
  final HpackEncoder hpack = new HpackEncoder();
  final ReceivedFrames received;
  private final ArrayDeque<Http2Stream> closing = new ArrayDeque<>();
  private final FrameInput input;
  private final Runnable flushTask = this::flushNow;

  private @Nullable ChannelHandlerContext context;
  private @Nullable FrameWriter writer;
  private @Nullable SendWindows sending;
  private boolean reading;
  private boolean flushing;
  private boolean goAwaySent;
  private int goAwayLast = Integer.MAX_VALUE;
  private int nextStream = 1;

  /// Whether nothing that comes is looked at any more.
  protected boolean ended;

  /// @param fields takes what HPACK decodes
  protected Http2Session(LocalSettings local, FieldSink fields, SendBuffers buffers) {
    this.local = local;
    this.buffers = buffers;
    this.guard = new FloodGuard(local.server());
    this.received = new ReceivedFrames(this, fields);
    this.input =
        new FrameInput(
            new FrameReader(received, local.maxFieldOctets() + local.maxFieldOctets() / 4),
            local.server());
  }

  /// Makes room for a stream that the client opens.
  protected abstract StreamOwner accept(Http2Stream stream);

  /// A SETTINGS frame came, and is honoured already.
  protected abstract void settings(PeerSettings settings);

  /// A PING of ours was answered.
  protected abstract void pingAnswered(long data);

  /// The peer takes no streams after that one any more. Those that it gives up are closed next.
  protected abstract void goAwayComes(int lastStreamId);

  /// The peer opened a window.
  protected abstract void windowOpened();

  /// So many octets leave.
  protected abstract void sent(int octets);

  /// The peer broke a rule on one stream.
  ///
  /// @param stream null when there is none of that id any more
  protected abstract void streamError(@Nullable Http2Stream stream, Http2Exception error);

  /// The peer broke a rule of the connection, or Postern has a fault.
  ///
  /// @param error null for a fault
  protected abstract void connectionError(Throwable cause, @Nullable Http2Exception error);

  /// The connection is lost because of what the peer did.
  protected final void lost(Http2Error error, String what) {
    Http2Exception cause = Http2Exception.connection(error, what);
    connectionError(cause, cause);
  }

  /// When to ask no more of the peer than to read: nothing that came is looked at any more.
  public final boolean ended() {
    return ended;
  }

  /// What the peer may do for nothing.
  public final FloodGuard guard() {
    return guard;
  }

  /// Where it stands in its pipeline.
  protected final ChannelHandlerContext context() {
    return required(context);
  }

  final FrameWriter writer() {
    return required(writer);
  }

  final SendWindows sending() {
    return required(sending);
  }

  private static <T> T required(@Nullable T made) {
    if (made == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return made;
  }

  /// How many streams are open.
  public final int activeStreams() {
    return streams.size();
  }

  /// A copy: they may be closed meanwhile.
  protected final List<Http2Stream> openStreams() {
    return List.copyOf(streams.values());
  }

  protected final boolean prefaceReceived() {
    return received.settingsSeen();
  }

  /// Since when a header block waits for its rest, by [System#nanoTime]; 0 when none does.
  protected final long unfinishedSince() {
    return input.unfinishedSince();
  }

  /// The last stream that the peer opened and that was not refused.
  protected final int lastAccepted() {
    return received.lastAccepted();
  }

  protected final boolean goAwaySent() {
    return goAwaySent;
  }

  /// Whether the peer opened it after it could know that nothing is taken any more.
  final boolean tooLate(int streamId) {
    return goAwaySent && streamId > goAwayLast;
  }

  /// The id of the stream that [#open] makes next.
  protected final int nextStream() {
    return nextStream;
  }

  /// Opens a stream to the server.
  public final Http2Stream open(StreamOwner owner) {
    Http2Stream stream = add(nextStream);
    stream.owner(owner);
    nextStream += 2;
    return stream;
  }

  final Http2Stream add(int streamId) {
    Http2Stream stream = new Http2Stream(streamId, sending().initial(), local.streamWindow());
    streams.put(streamId, stream);
    return stream;
  }

  final @Nullable Http2Stream stream(int streamId) {
    return streams.get(streamId);
  }

  /// Whether it is one of ours that is no more.
  final boolean wasOurs(int streamId) {
    return !local.server() && (streamId & 1) == 1 && streamId < nextStream;
  }

  /// Writes a response's head.
  public final void head(Http2Stream stream, ResponseHead head, boolean end) {
    if (stream.localOpen()) {
      SentFields.head(head, hpack);
      sending().head(stream, end);
    }
  }

  /// Writes a request's head.
  ///
  /// @param secure whether the connection is: its scheme is the connection's
  public final void head(Http2Stream stream, RequestHead head, boolean secure, boolean end) {
    if (stream.localOpen()) {
      SentFields.head(head, secure, hpack);
      sending().head(stream, end);
    }
  }

  /// Writes the head of a request for a WebSocket.
  public final void connect(Http2Stream stream, RequestHead head, boolean secure) {
    if (stream.localOpen()) {
      SentFields.connect(head, secure, hpack);
      sending().head(stream, false);
    }
  }

  /// Writes trailers, and with them the end.
  public final void trailers(Http2Stream stream, HeaderBlock trailers) {
    sending().trailers(stream, trailers);
  }

  /// Writes a part of a body; it leaves as the peer's windows allow. Takes the buffer over.
  public final void data(Http2Stream stream, ByteBuf data, boolean end) {
    sending().data(stream, data, end);
  }

  /// Whether more of a body would leave at once.
  public final boolean writable(Http2Stream stream) {
    return sending().open(stream, context().channel().isWritable());
  }

  /// Gives back what the peer may send again on a stream.
  ///
  /// @return whether the peer is to be told: [#flush] does
  public final boolean giveBack(Http2Stream stream, int octets) {
    return received.windows.giveBack(stream, octets);
  }

  /// Gives a stream up, or says so once more of one that is closed.
  public final void reset(Http2Stream stream, Http2Error code) {
    if (stream.resetSent) {
      return;
    }
    stream.resetSent = true;
    stream.drop();
    writer().reset(stream.id(), code);
    closeSoon(stream);
  }

  /// Gives up a stream that is not there.
  protected final void resetUnknown(int streamId, Http2Error code) {
    writer().reset(streamId, code);
  }

  protected final void ping(long data) {
    writer().ping(data, false);
  }

  protected final void goAway(int lastStreamId, Http2Error code, String why) {
    goAwaySent = true;
    goAwayLast = Math.min(goAwayLast, lastStreamId);
    writer().goAway(lastStreamId, code, why);
  }

  private void localEnd(Http2Stream stream) {
    stream.localOpen = false;
    if (stream.remoteOpen) {
      stream.owner().localEnded();
    } else {
      closeSoon(stream);
    }
  }

  final void closeIfEnded(Http2Stream stream) {
    if (!stream.remoteOpen && !stream.localOpen && !stream.closing) {
      closeOnceSent(stream);
    }
  }

  private void closeSoon(Http2Stream stream) {
    if (!stream.closing && !stream.closed) {
      stream.closing = true;
      stream.last = writer().written();
      closing.addLast(stream);
    }
  }

  /// The peer gave a stream up.
  final void peerReset(Http2Stream stream) {
    stream.resetSent = true;
    stream.drop();
    closeOnceSent(stream);
  }

  /// Of a peer that takes nothing, streams stay open that it ends.
  private void closeOnceSent(Http2Stream stream) {
    if (context().channel().isWritable()) {
      close(stream);
    } else {
      closeSoon(stream);
    }
  }

  /// Whether there are no streams but those of which the last octets wait for the channel.
  protected final boolean leaving() {
    return closing.size() >= streams.size() && !context().channel().isWritable();
  }

  /// Closes a stream now: not from within a call that sends.
  final void close(Http2Stream stream) {
    if (stream.closed) {
      return;
    }
    stream.closed = true;
    stream.drop();
    sending().closed(stream);
    streams.remove(stream.id());
    received.windows.closed(stream);
    stream.owner().closed(stream.id());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    FrameWriter to = new FrameWriter(ctx, buffers, hpack, this::sent);
    writer = to;
    sending = new SendWindows(to, hpack, this::localEnd);
    if (!local.server()) {
      to.octets(FrameInput.PREFACE.duplicate());
    }
    to.settings(local);
    to.windowUpdate(0, local.connectionWindow() - SendWindows.INITIAL);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (!(message instanceof ByteBuf in)) {
      ctx.fireChannelRead(message);
      return;
    }
    reading = true;
    ByteBuf all = input.join(ctx.alloc(), in);
    try {
      read(all);
    } finally {
      input.keep(all, !ended);
    }
  }

  private void read(ByteBuf in) {
    boolean more = true;
    while (more && !ended) {
      try {
        more = input.read(in);
      } catch (Http2Exception e) {
        if (e.streamId() > 0) {
          streamError(received.known(e.streamId()), e);
        } else {
          connectionError(e, e);
        }
      } catch (RuntimeException | StackOverflowError fault) {
        connectionError(fault, null);
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    reading = false;
    flush();
    ctx.fireChannelReadComplete();
  }

  /// Sends what was written once the loop has come to everything that is ready now: many streams
  /// then share a system call.
  public final void flushSoon() {
    if (!reading && !flushing) {
      flushing = true;
      context().executor().execute(flushTask);
    }
  }

  private void flushNow() {
    flushing = false;
    if (!ended) {
      flush();
    }
  }

  /// Sends what was written, and closes the streams that ended by it.
  public void flush() {
    writer().flush();
    if (!closing.isEmpty()) {
      closeEnded();
      // Windows that this gave back.
      writer().flush();
    }
  }

  /// Sends what was written, while an owner still writes.
  protected final void push() {
    writer().flush();
  }

  /// Sends what was written.
  ///
  /// @return when it left
  protected final ChannelFuture flushed() {
    return writer().flushed();
  }

  /// How many octets wait to be sent.
  protected final int unsent() {
    return writer().waiting();
  }

  /// While the peer takes nothing its streams stay open, so that it cannot have ever more answers.
  private void closeEnded() {
    Channel channel = context().channel();
    boolean all = channel.isWritable() || !channel.isActive();
    long left = all ? Long.MAX_VALUE : writer().left();
    Http2Stream first = closing.peekFirst();
    while (first != null && first.last <= left) {
      closing.removeFirst();
      close(first);
      first = closing.peekFirst();
    }
  }

  /// Whether the peer has as many streams as it may. How much of what was written has left is known
  /// about: a quarter more may be on their way out.
  final boolean full() {
    int most = local.maxStreams();
    if (streams.size() >= most) {
      closeEnded();
    }
    return streams.size() - closing.size() >= most || streams.size() >= most + most / 4;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    if (ctx.channel().isWritable()) {
      sending().tellOpen(true);
      push();
      if (!closing.isEmpty()) {
        ctx.executor().execute(this::flush);
      }
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    ended = true;
    closeAll();
    ctx.fireChannelInactive();
  }

  /// Closes every stream now.
  protected final void closeAll() {
    openStreams().forEach(this::close);
    closing.clear();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    input.close();
    if (writer != null) {
      writer.close();
    }
  }

  /// A fault of Postern's on one stream costs that stream alone.
  final void fault(Http2Stream stream, Throwable cause) {
    Faults.tell("A stream of HTTP/2", cause);
    stream.owner().fault(cause);
  }
}
