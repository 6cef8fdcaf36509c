package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

/** Something that is sent to a listener without HTTP. */
interface RawCall {

  /** Sends it; returns the backend's name, which is its answer. */
  String send();

  default void reaches(String backend) {
    Case.settles(() -> assertThat(send()).isEqualTo(backend));
  }
}
