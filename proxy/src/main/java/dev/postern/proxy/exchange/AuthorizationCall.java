package dev.postern.proxy.exchange;

import dev.postern.proxy.authorization.Authorizer;
import dev.postern.proxy.authorization.Authorizer.Question;
import dev.postern.proxy.authorization.Authorizer.Reply;
import dev.postern.proxy.authorization.Verdict;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.upstream.BackendStream;
import dev.postern.proxy.upstream.WorkerCluster;
import dev.postern.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.Consumer;

/// The question whether a request may pass, on its way. What cannot be asked, or is not answered in
/// time and in full, comes out as [Verdict.Failed].
final class AuthorizationCall extends SideRequest {
  /// As for a request without a policy of retries.
  private static final int MOST_ATTEMPTS = 3;

  /// So much of an answer's body is taken: it may become the client's.
  private static final int MOST_OCTETS = 256 * 1024;

  private final Authorizer authorizer;
  private final Question question;
  private final Consumer<Verdict> done;
  private final HeaderBlock fields = new HeaderBlock();
  private int status;
  private byte[] body = new byte[0];
  private int octets;

  AuthorizationCall(
      Worker worker,
      Authorizer authorizer,
      Question question,
      long timeoutNanos,
      Consumer<Verdict> done) {
    super(worker, timeoutNanos, MOST_ATTEMPTS);
    this.authorizer = authorizer;
    this.question = question;
    this.done = done;
  }

  @Override
  protected RequestHead head() {
    return question.head();
  }

  @Override
  protected boolean fits(WorkerCluster to) {
    return true;
  }

  @Override
  protected void send(BackendStream to) {
    boolean bodyless = !question.body().isReadable();
    to.head(question.head(), bodyless);
    if (!bodyless) {
      to.data(question.body().retainedDuplicate(), true);
    }
    to.flush();
  }

  @Override
  public void backendWritable() {
    moved();
  }

  @Override
  public void responseHead(ResponseHead response, boolean end) {
    super.responseHead(response, end);
    HopByHop.remove(response.headers());
    status = response.status();
    fields.clear();
    fields.addAll(response.headers());
    if (end) {
      answered(fields);
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean end) {
    moved();
    int more = data.readableBytes();
    if (octets + more > MOST_OCTETS) {
      data.release();
      giveUp(TrafficFailure.PROTOCOL_ERROR, "an answer of more than " + MOST_OCTETS + " octets");
      return;
    }
    if (octets + more > body.length) {
      body = Arrays.copyOf(body, Math.max(octets + more, 2 * octets));
    }
    data.readBytes(body, octets, more);
    data.release();
    octets += more;
    if (end) {
      answered(fields);
    }
  }

  @Override
  public void responseTrailers(HeaderBlock trailers) {
    answered(trailers);
  }

  private void answered(HeaderBlock trailers) {
    answered();
    done.accept(
        authorizer.verdict(new Reply(status, fields, Arrays.copyOf(body, octets), trailers)));
  }

  @Override
  protected void gaveUp(TrafficFailure failure, String reason) {
    done.accept(new Verdict.Failed(failure.flag() + ": " + reason));
  }

  @Override
  protected void ended() {
    question.body().release();
  }
}
