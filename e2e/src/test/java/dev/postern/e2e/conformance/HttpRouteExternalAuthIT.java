package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Suite.class)
class HttpRouteExternalAuthIT {

  @Upstream("HTTPRouteExternalAuth")
  void whoMayPassIsForSomebodyElseToSay(Case test) {
    test.policy("auth").ancestor("same").isTrue("Accepted");
    for (String path : List.of("/http", "/grpc")) {
      withToken(test, path).with("X-User", "root").sees("x-user", "anna").reaches("one");
      assertThat(test.get(path).with("X-User", "root").answers(401).text())
          .isEqualTo("who are you?");
    }
    for (String path : List.of("/mistaken/http", "/mistaken/grpc")) {
      withToken(test, path).answers(403);
    }
    test.route("nobody")
        .parent("same")
        .isTrue("Accepted")
        .isFalse("ResolvedRefs", "BackendNotFound");
    withToken(test, "/nobody").answers(500);
  }

  private static HttpCall withToken(Case test, String path) {
    return test.get(path).with("Authorization", "Bearer good");
  }
}
