package dev.postern.provider;

import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.resource.Finding;
import java.util.List;

/// Where objects come from.
public interface Provider extends AutoCloseable {

  /// What the provider read.
  ///
  /// @param delta since the snapshot before; the first holds everything
  /// @param findings all that hold now: what could not be read, what an API server would refuse
  record Update(ResourceDelta delta, List<Finding> findings) {
    public Update {
      findings = List.copyOf(findings);
    }
  }

  /// Takes updates, one at a time, in order.
  @FunctionalInterface
  interface Subscriber {
    void onUpdate(Update update);
  }

  /// Reads everything once, hands it to the subscriber in the caller's thread, then goes on to
  /// watch and calls the subscriber from a thread of its own whenever something changed.
  void start(Subscriber subscriber);

  /// Stops watching.
  @Override
  void close();
}
