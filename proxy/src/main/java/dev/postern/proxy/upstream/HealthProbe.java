package dev.postern.proxy.upstream;

import dev.postern.ir.HealthCheck;
import dev.postern.ir.HealthCheck.Checker;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.ResponseHead;
import dev.postern.proxy.message.UnaryCall;
import dev.postern.proxy.stat.TrafficFailure;
import dev.postern.proxy.worker.Timer;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One question to an endpoint, over the cluster's own protocol and TLS. On one loop.
final class HealthProbe implements BackendListener {
  private final Checker checker;
  private final String clusterName;
  private final Endpoint endpoint;
  private final Consumer<String> done;
  private final HealthAnswer answer = new HealthAnswer();
  private @Nullable PendingRequest pending;
  private @Nullable BackendStream stream;
  private final Timer timer = new Timer();
  private boolean over;

  private HealthProbe(
      WorkerCluster cluster, HostHealth host, Checker checker, Consumer<String> done) {
    this.checker = checker;
    this.clusterName = cluster.spec().cluster().name();
    this.endpoint = new Endpoint(host);
    this.done = done;
  }

  /// @param done gets what is wrong, or an empty text, once and later
  static void start(
      WorkerCluster cluster, HostHealth host, HealthCheck how, Consumer<String> done) {
    HealthProbe probe = new HealthProbe(cluster, host, how.checker(), done);
    probe.timer.start(
        cluster.worker().loop(),
        how.timeout().toNanos(),
        () -> probe.end("no answer within " + how.timeout().toMillis() + " ms"));
    probe.pending = cluster.probe(probe.endpoint, probe, how.checker() instanceof Checker.Tcp);
  }

  @Override
  public void connected(BackendStream connected) {
    pending = null;
    stream = connected;
    switch (checker) {
      case Checker.Tcp() -> end("");
      case Checker.Http(String host, String path, _) -> {
        connected.head(HealthRequest.get(host.isEmpty() ? clusterName : host, path), true);
        connected.flush();
      }
      case Checker.Grpc(String service) -> {
        connected.head(HealthRequest.grpc(clusterName), false);
        connected.data(HealthRequest.grpcMessage(service), true);
        connected.flush();
      }
    }
  }

  @Override
  public void connectFailed(TrafficFailure failure, String reason) {
    pending = null;
    end(reason);
  }

  @Override
  public void responseInformational(ResponseHead head) {}

  @Override
  public void responseSwitched(ResponseHead head) {
    end("it switched protocols");
  }

  @Override
  public void responseHead(ResponseHead head, boolean ended) {
    int status = head.status();
    if (checker instanceof Checker.Http(_, _, List<Integer> expected)) {
      boolean well = expected.isEmpty() ? status == 200 : expected.contains(status);
      if (ended) {
        stream = null;
      }
      end(well ? "" : "status " + status);
    } else if (status != 200) {
      end("status " + status);
    } else if (ended) {
      stream = null;
      end(grpcProblem(head.headers()));
    }
  }

  @Override
  public void responseData(ByteBuf data, boolean ended) {
    if (!over) {
      answer.add(data);
    }
    data.release();
    if (ended) {
      stream = null;
      end("a gRPC response without a status");
    }
  }

  @Override
  public void responseTrailers(HeaderBlock trailers) {
    stream = null;
    end(grpcProblem(trailers));
  }

  private String grpcProblem(HeaderBlock fields) {
    String problem = UnaryCall.problem(fields);
    return problem.isEmpty() && !answer.serving() ? "it says that it is not serving" : problem;
  }

  @Override
  public void responseFlush() {}

  @Override
  public void responseNote(String note) {}

  @Override
  public void responseFailed(TrafficFailure failure, String reason, Acted acted) {
    stream = null;
    end(reason);
  }

  @Override
  public void backendWritable() {}

  private void end(String problem) {
    if (over) {
      return;
    }
    over = true;
    timer.stop();
    if (pending != null) {
      pending.abandon();
      pending = null;
    }
    if (stream != null) {
      stream.cancel();
      stream = null;
    }
    endpoint.retire();
    done.accept(problem);
  }
}
