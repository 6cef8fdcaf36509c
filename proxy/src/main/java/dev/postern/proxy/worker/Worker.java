package dev.postern.proxy.worker;

import dev.postern.proxy.http1.HeadWriter;
import dev.postern.proxy.socket.ReadBuffers;
import dev.postern.proxy.socket.ReusedBuffers;
import dev.postern.proxy.socket.SendBuffers;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.SplittableRandom;

/// One event loop with its tools. All of it but [#index] and [#loop] is for that loop's thread
/// alone.
public final class Worker {
  private final int index;
  private final EventLoop loop;
  private final Timeouts timeouts;
  private final Limits limits;
  private final LoopGauges gauges;
  private final SplittableRandom random = new SplittableRandom();
  private final RequestIds requestIds = new RequestIds(random.split());
  private final HeadWriter headWriter = new HeadWriter();
  private final Sweeper sweeper = new Sweeper();
  private final SendBuffers sendBuffers = new SendBuffers(allocator());
  private final ReusedBuffers received = new ReusedBuffers(allocator());
  private final ReusedBuffers opened = new ReusedBuffers(allocator());
  private final ReadBuffers readBuffers;
  private final ResponseDate date = new ResponseDate();
  private boolean draining;
  private long drainingSince;

  /// @param index from 0; the number of its stat cells
  /// @param gauges the loop's
  Worker(int index, EventLoop loop, LoopGauges gauges, Timeouts timeouts, Limits limits) {
    this.index = index;
    this.loop = loop;
    this.gauges = gauges;
    readBuffers = new ReadBuffers(received, gauges.received());
    this.timeouts = timeouts;
    this.limits = limits;
    sweeper.start(loop);
  }

  public int index() {
    return index;
  }

  public EventLoop loop() {
    return loop;
  }

  /// For what happens often.
  public LoopClock clock() {
    return gauges.clock();
  }

  public Timeouts timeouts() {
    return timeouts;
  }

  public Limits limits() {
    return limits;
  }

  public HeadWriter headWriter() {
    return headWriter;
  }

  public RequestIds requestIds() {
    return requestIds;
  }

  public Sweeper sweeper() {
    return sweeper;
  }

  /// A request begins: from now on it can time out.
  public void requestBegins(Sweeper.Swept request) {
    sweeper.add(request);
    gauges.begun().add(1);
  }

  /// A request is over: it can time out no more.
  public void requestEnds(Sweeper.Swept request) {
    sweeper.remove(request);
    gauges.requests().add(1);
  }

  /// A request became a tunnel: how long that lasts says nothing about requests.
  public void tunnelBegins() {
    gauges.begun().add(-1);
  }

  /// A tunnel is over, and with it the request that it was.
  public void tunnelEnds() {
    gauges.begun().add(1);
  }

  /// Without tunnels.
  public long requestsUnderWay() {
    return gauges.requestsUnderWay();
  }

  public ResponseDate date() {
    return date;
  }

  /// For choices between equals, nothing secret.
  public SplittableRandom random() {
    return random;
  }

  public ByteBufAllocator allocator() {
    return PooledByteBufAllocator.DEFAULT;
  }

  public SendBuffers sendBuffers() {
    return sendBuffers;
  }

  public ReadBuffers readBuffers() {
    return readBuffers;
  }

  /// For what TLS has opened.
  public ReusedBuffers openedBuffers() {
    return opened;
  }

  /// Whether the process is about to end: client connections close after their next response.
  public boolean draining() {
    return draining;
  }

  /// Whether a client's connection without a request under way is closed for it.
  ///
  /// @param quietSince when anything of a request last moved on it
  public boolean drains(long quietSince, long nowNanos) {
    if (!draining) {
      return false;
    }
    long since = quietSince - drainingSince > 0 ? quietSince : drainingSince;
    return nowNanos - since >= timeouts.drainQuiet().toNanos();
  }

  /// From now on it is about to end.
  public void drain() {
    draining = true;
    drainingSince = System.nanoTime();
  }

  /// Lets go of what it keeps; its loop has ended.
  void close() {
    sendBuffers.close();
    received.close();
    opened.close();
  }
}
