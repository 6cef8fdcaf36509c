package dev.postern.e2e.conformance;

import static io.grpc.Status.Code.UNIMPLEMENTED;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class GrpcRouteIT {
  private static final String ONE = "test.Echo/One";
  private static final String TWO = "test.Echo/Two";

  @Upstream("GRPCExactMethodMatching")
  void aMethodIsACondition(Case test) {
    test.grpc(ONE).reaches("grpc-one");
    test.grpc(TWO).reaches("grpc-two");
    test.grpc("test.Echo/Three").answers(UNIMPLEMENTED);
  }

  @Upstream("GRPCRouteHeaderMatching")
  void metadataIsACondition(Case test) {
    test.grpc(ONE).with("Version", "one").reaches("grpc-one");
    test.grpc(ONE).with("Version", "two").reaches("grpc-two");
    test.grpc(ONE).with("Version", "two").with("Colour", "orange").reaches("grpc-one");
    test.grpc(ONE).with("Version", "two").with("Colour", "blue").reaches("grpc-two");
    test.grpc(ONE).with("Colour", "orange").answers(UNIMPLEMENTED);
    test.grpc(ONE).with("Another", "one").answers(UNIMPLEMENTED);
    test.grpc(ONE).with("Colour", "blue").reaches("grpc-one");
    test.grpc(ONE).with("Colour", "green").reaches("grpc-one");
    test.grpc(ONE).with("Colour", "red").reaches("grpc-two");
    test.grpc(ONE).with("Colour", "yellow").reaches("grpc-two");
    test.grpc(ONE).with("Colour", "purple").answers(UNIMPLEMENTED);
  }

  @Upstream("GRPCRouteListenerHostnameMatching")
  void aListenersNameDecidesWhoseCallItIs(Case test) {
    at(test, "bar.test").reaches("grpc-one");
    at(test, "foo.bar.test").reaches("grpc-two");
    at(test, "baz.bar.test").reaches("grpc-three");
    at(test, "boo.bar.test").reaches("grpc-three");
    at(test, "more.than.one.bar.test").reaches("grpc-three");
    at(test, "more.than.one.foo.test").reaches("grpc-three");
    at(test, "foo.test").answers(UNIMPLEMENTED);
    at(test, "another.example").answers(UNIMPLEMENTED);
  }

  private static GrpcCall at(Case test, String authority) {
    return test.grpc(ONE).on("http2").authority(authority);
  }

  @Upstream("GRPCRouteNamedRule")
  void aRuleMayHaveAName(Case test) {
    test.grpc(ONE).reaches("grpc-one");
    test.grpc(TWO).reaches("grpc-two");
  }

  @Upstream("GRPCRouteWeight")
  void everyBackendGetsItsShare(Case test) {
    Case.settles(() ->
        org.assertj.core.api.Assertions.assertThat(test.grpc(ONE).send()).startsWith("grpc-"));
    Distribution.of(
        () -> test.grpc(ONE).send(), Map.of("grpc-one", 0.7, "grpc-two", 0.3, "grpc-three", 0.0));
  }
}
