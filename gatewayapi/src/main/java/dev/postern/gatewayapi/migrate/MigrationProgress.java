package dev.postern.gatewayapi.migrate;

/// Who wants to know how far a migration has come.
@FunctionalInterface
public interface MigrationProgress {
  MigrationProgress NOBODY = (what, done, all) -> {};

  /// @param what is being done
  void at(String what, int done, int all);
}
