package dev.postern.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapWatchTest {
  private static final long MIB = 1 << 20;

  @Test
  void aSmallGatewayIsLeftAlone() {
    assertThat(HeapWatch.due(20 * MIB, 15 * MIB)).isFalse();
    assertThat(HeapWatch.due(60 * MIB, 15 * MIB)).isFalse();
  }

  @Test
  void whatPilesUpIsCollected() {
    assertThat(HeapWatch.due(64 * MIB, 15 * MIB)).isTrue();
    assertThat(HeapWatch.due(300 * MIB, 100 * MIB)).isTrue();
  }

  @Test
  void aLargeFolderIsNoReasonToCollectAgainAndAgain() {
    assertThat(HeapWatch.due(420 * MIB, 200 * MIB)).isFalse();
    assertThat(HeapWatch.due(440 * MIB, 200 * MIB)).isTrue();
  }
}
