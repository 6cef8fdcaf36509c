package dev.postern.gatewayapi.resolve;

/// A host that routes serve at a listener.
public record HostKey(ListenerKey listener, String host) {
  // Written out, as for all that are keys everywhere: the generated ones start slowly.
  @Override
  public boolean equals(Object other) {
    return other instanceof HostKey that
        && host.equals(that.host)
        && listener.equals(that.listener);
  }

  @Override
  public int hashCode() {
    return 31 * listener.hashCode() + host.hashCode();
  }
}
