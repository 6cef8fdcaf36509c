package dev.postern.app.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WantedServiceTest {
  @ParameterizedTest
  @CsvSource({
    "web.shop.svc, shop, web, true",
    "web.shop.svc.cluster.local., shop, web, true",
    "api.example.com, default, api-example-com, false",
    "1password.example, default, backend-1password-example, false",
    "10.0.0.7, default, backend-8443, false",
    "localhost, default, backend-8443, false",
    "fd00::7, default, backend-8443, false",
  })
  void theHostSaysWhichServiceItIs(String host, String namespace, String name, boolean exists) {
    ProbeTarget target = new ProbeTarget(host, 8443, Optional.empty(), Duration.ofSeconds(1));
    assertThat(WantedService.of(target))
        .isEqualTo(new WantedService(namespace, name, 8443, exists));
  }
}
