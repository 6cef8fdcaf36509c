package dev.postern.proxy.worker;

import dev.postern.proxy.socket.ReceivedOctets;

/// What is read off a loop as it runs.
record LoopGauges(LoopClock clock, ReceivedOctets received) {

  LoopGauges() {
    this(new LoopClock(), new ReceivedOctets());
  }
}
