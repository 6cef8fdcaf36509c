package dev.postern.proxy.worker;

import dev.postern.proxy.socket.Tally;

/// What is read off a loop as it runs.
///
/// @param received octets, by connections
/// @param begun requests, without those that are tunnels by now
/// @param requests that are over
record LoopGauges(LoopClock clock, Tally received, Tally begun, Tally requests) {

  LoopGauges() {
    this(new LoopClock(), new Tally(), new Tally(), new Tally());
  }

  long requestsUnderWay() {
    return begun.total() - requests.total();
  }
}
