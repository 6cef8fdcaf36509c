package dev.postern.app;

/** The entry point of the program. */
public final class Main {
  private Main() {}

  /** Prints the version. */
  public static void main(String[] args) {
    String version = Main.class.getPackage().getImplementationVersion();
    System.out.println("postern " + (version == null ? "(from classes)" : version));
  }
}
