package dev.postern.e2e.roundtrip;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Has both gateways and their backends for all tests of a class. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class BothServed {
  SharedBackends backends;
  BothGateways gateways;

  @BeforeAll
  void start(@TempDir Path temp) throws IOException {
    backends = new SharedBackends(temp);
    gateways = new BothGateways(temp, backends);
  }

  @AfterAll
  void stop() {
    gateways.close();
    backends.close();
  }
}
