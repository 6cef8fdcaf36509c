package dev.postern.gatewayapi.migrate;

/// A Service of the cluster.
record ServiceName(String namespace, String service) {
  @Override
  public String toString() {
    return namespace + "/" + service;
  }
}
