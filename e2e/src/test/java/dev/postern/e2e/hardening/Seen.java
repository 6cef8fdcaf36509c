package dev.postern.e2e.hardening;

/// A request as one party read it.
///
/// @param complete whether it came to its end and was taken for good
/// @param host whom it was for; empty when it was not read so far
/// @param body octets of it
/// @param line method and target
record Seen(boolean complete, String host, int body, String line) {}
