package dev.postern.app.serve;

/// Of the program.
public final class Version {
  private Version() {}

  /// From the manifest of the jar, such as `0.1.0`.
  public static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(from classes)" : version;
  }
}
