/// The decision about a backend hop, over real sockets: every row of its table, with servers that
/// speak one protocol and nothing else.
///
/// `HopTableIT` holds the conditions that `postern check` prints against what the traffic does;
/// `HopTlsIT` does the same for good and bad certificates of both sides; `GrpcHopIT` goes through
/// the kinds of calls; `HopChangesIT` changes the protocol and the client certificate under load.
@org.jspecify.annotations.NullMarked
package dev.postern.e2e.hop;
