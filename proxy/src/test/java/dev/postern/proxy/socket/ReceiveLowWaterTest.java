package dev.postern.proxy.socket;

import static dev.postern.proxy.socket.ReceiveLowWater.HELD;
import static dev.postern.proxy.socket.ReceiveLowWater.MARK;
import static dev.postern.proxy.socket.ReceiveLowWater.PROOF;
import static dev.postern.proxy.socket.ReceiveLowWater.PROOF_NANOS;
import static dev.postern.proxy.socket.ReceiveLowWater.STALL_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiveLowWaterTest {
  private static final long LONG_BODY = 10L << 20;

  private final List<Integer> told = new ArrayList<>();
  private final ReceiveLowWater lowWater = new ReceiveLowWater(told::add);

  /// Reads the begin of a body that comes so fast.
  private void begin(long nanosForProof) {
    lowWater.read(LONG_BODY, 0);
    lowWater.read(LONG_BODY - PROOF, nanosForProof);
  }

  @Test
  void theMarkIsRaisedOnceAPeerHasShownThatItIsFast() {
    lowWater.read(LONG_BODY, 0);
    lowWater.read(LONG_BODY - PROOF + 1, 1);
    assertThat(told).isEmpty();
    lowWater.read(LONG_BODY - PROOF, PROOF_NANOS);
    assertThat(told).containsExactly(MARK);
    lowWater.read(LONG_BODY - PROOF - MARK, PROOF_NANOS * 2);
    assertThat(told).containsExactly(MARK);
  }

  @Test
  void aSlowPeerIsToldOfAsBefore() {
    begin(PROOF_NANOS + 1);
    assertThat(told).isEmpty();
  }

  @Test
  void whoWasSlowMayGetFast() {
    begin(PROOF_NANOS + 1);
    lowWater.read(LONG_BODY - 2 * PROOF, PROOF_NANOS + 2);
    assertThat(told).containsExactly(MARK);
  }

  /// What may be held above the socket does not come any more.
  @Test
  void theMarkIsDownBeforeTheBodyEnds() {
    begin(1);
    lowWater.read(MARK + HELD, 2);
    assertThat(told).containsExactly(MARK);
    lowWater.read(MARK + HELD - 1, 3);
    assertThat(told).containsExactly(MARK, 1);
  }

  @Test
  void theMarkIsDownWhereNothingIsSureToCome() {
    begin(1);
    lowWater.read(0, 2);
    assertThat(told).containsExactly(MARK, 1);
  }

  @Test
  void theNextBodyOfAFastPeerHasItAtOnce() {
    begin(1);
    lowWater.read(0, 2);
    lowWater.read(LONG_BODY, 3);
    assertThat(told).containsExactly(MARK, 1, MARK);
  }

  @Test
  void aBodyThatIsShortNeverHasIt() {
    lowWater.read(MARK + HELD - 1, 0);
    lowWater.read(0, 1);
    assertThat(told).isEmpty();
  }

  /// Two bodies, of which the second goes on where the first was: no octet of it came fast.
  @Test
  void nothingIsProvedAcrossBodies() {
    lowWater.read(LONG_BODY, 0);
    lowWater.read(0, 1);
    lowWater.read(LONG_BODY - PROOF, 2);
    assertThat(told).isEmpty();
  }

  @Test
  void whoStopsHasWhatItSentToldAndMustShowItAgainWithTheNextBody() {
    begin(1);
    lowWater.sweep(1 + STALL_NANOS);
    assertThat(told).containsExactly(MARK);
    long stalled = 2 + STALL_NANOS;
    lowWater.sweep(stalled);
    assertThat(told).containsExactly(MARK, 1);
    lowWater.read(LONG_BODY / 2, stalled);
    lowWater.read(LONG_BODY / 2 - PROOF, stalled);
    lowWater.read(0, stalled);
    lowWater.read(LONG_BODY, stalled);
    assertThat(told).containsExactly(MARK, 1);
    lowWater.read(LONG_BODY - PROOF, stalled);
    assertThat(told).containsExactly(MARK, 1, MARK);
  }

  @Test
  void whoIsQuietBetweenBodiesIsNoStall() {
    begin(1);
    lowWater.read(0, 2);
    lowWater.sweep(3 + STALL_NANOS);
    lowWater.read(LONG_BODY, 4 + STALL_NANOS);
    assertThat(told).containsExactly(MARK, 1, MARK);
  }
}
