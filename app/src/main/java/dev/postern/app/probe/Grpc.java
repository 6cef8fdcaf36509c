package dev.postern.app.probe;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a gRPC server said of itself.
///
/// @param status the grpc-status of the call to the health service; 12 where there is none
/// @param health such as `SERVING`; empty where there is no health service
/// @param services from its reflection; none where it offers none
public record Grpc(String status, String health, List<String> services) {
  /// Of services in a list.
  private static final int MOST_SERVICES = 20;

  private static final List<String> HEALTH =
      List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");

  /// Field 7 of a ServerReflectionRequest, list_services, empty.
  private static final byte[] LIST_SERVICES = {0x3a, 0};

  /// grpc.health.v1: whether the server as a whole serves.
  static Question health(String scheme, String authority) {
    return call(scheme, authority, "/grpc.health.v1.Health/Check", new byte[0]);
  }

  /// @param version `v1` or `v1alpha`
  static Question reflection(String version, String scheme, String authority) {
    String path = "/grpc.reflection.%s.ServerReflection/ServerReflectionInfo";
    return call(scheme, authority, path.formatted(version), LIST_SERVICES);
  }

  private static Question call(String scheme, String authority, String path, byte[] message) {
    byte[] framed = new byte[5 + message.length];
    framed[4] = (byte) message.length;
    System.arraycopy(message, 0, framed, 5, message.length);
    return new Question.Http2(
        new DefaultHttp2Headers()
            .method("POST")
            .scheme(scheme)
            .authority(authority)
            .path(path)
            .add("content-type", "application/grpc")
            .add("te", "trailers")
            .add("user-agent", "postern-probe"),
        framed);
  }

  /// What the answer to [#health] says; nothing where it is not gRPC.
  static Optional<Grpc> of(Heard heard) {
    String status = heard.fields().getOrDefault("grpc-status", "");
    boolean grpc = heard.fields().getOrDefault("content-type", "").startsWith("application/grpc");
    if (status.isEmpty() && !grpc) {
      return Optional.empty();
    }
    String health = "";
    if (status.equals("0")) {
      int number =
          Protobuf.fields(message(heard)).stream()
              .filter(field -> field.number() == 1)
              .mapToInt(Protobuf.Field::value)
              .findFirst()
              .orElse(0);
      health = HEALTH.get(number >= 0 && number < HEALTH.size() ? number : 0);
    }
    return Optional.of(new Grpc(status, health, List.of()));
  }

  /// With the services that the answer to [#reflection] lists.
  Grpc with(Heard heard) {
    List<String> listed =
        Protobuf.fields(message(heard)).stream()
            .filter(field -> field.number() == 6)
            .flatMap(list -> Protobuf.fields(list.bytes()).stream())
            .filter(field -> field.number() == 1)
            .flatMap(service -> Protobuf.fields(service.bytes()).stream())
            .filter(field -> field.number() == 1)
            .map(name -> PeerText.clean(new String(name.bytes(), StandardCharsets.ISO_8859_1)))
            .limit(MOST_SERVICES)
            .toList();
    return new Grpc(status, health, listed);
  }

  /// The first, uncompressed.
  private static byte[] message(Heard heard) {
    byte[] framed = heard.bytes();
    if (framed.length < 5 || framed[0] != 0) {
      return new byte[0];
    }
    int length = ByteBuffer.wrap(framed, 1, 4).getInt();
    int whole = framed.length - 5;
    return Arrays.copyOfRange(framed, 5, 5 + (length < 0 ? whole : Math.min(length, whole)));
  }
}
