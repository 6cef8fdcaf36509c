package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resolve.hop.Wish;
import java.util.List;

/// Objects of one kind that have a say in how backends are reached.
@FunctionalInterface
public interface WishSource {

  /// What they wish for a port, the one that counts first. Reads objects through [Objects], so that
  /// the answer is asked for again when they change.
  ///
  /// @param portName empty where it has none
  List<Wish> of(BackendPort port, String portName);
}
