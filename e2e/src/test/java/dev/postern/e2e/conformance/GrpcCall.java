package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.GrpcClient;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;

/** A unary call, as {@link HttpCall} is a request. */
final class GrpcCall {
  private final Case test;
  private final String method;
  private final Metadata metadata = new Metadata();
  private String authority = "gateway.test";
  private String port = "http";

  /**
   * @param method such as {@code test.Echo/One}
   */
  GrpcCall(Case test, String method) {
    this.test = test;
    this.method = method;
  }

  GrpcCall authority(String newAuthority) {
    authority = newAuthority;
    return this;
  }

  GrpcCall on(String newPort) {
    port = newPort;
    return this;
  }

  GrpcCall with(String key, String value) {
    metadata.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), value);
    return this;
  }

  void reaches(String backend) {
    Case.settles(() -> assertThat(send()).as("%s", this).isEqualTo(backend));
  }

  void answers(Status.Code code) {
    Case.settles(() -> assertThat(send()).as("%s", this).isEqualTo(code.name()));
  }

  /** The backend's name, or the status when it is not OK. */
  String send() {
    try (GrpcClient client = new GrpcClient(test.port(port), authority)) {
      return on(client.channel());
    }
  }

  String on(Channel channel) {
    try {
      return ClientCalls.blockingUnaryCall(
          ClientInterceptors.intercept(
              channel, MetadataUtils.newAttachHeadersInterceptor(metadata)),
          GrpcEcho.descriptor(method),
          CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS),
          "");
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode().name();
    }
  }

  @Override
  public String toString() {
    return "%s at %s with %s".formatted(method, authority, metadata);
  }
}
