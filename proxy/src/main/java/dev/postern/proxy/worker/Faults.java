package dev.postern.proxy.worker;

import io.netty.handler.codec.CodecException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of our own bugs that end a connection or what a client asked for. What peers do is none.
public final class Faults {
  private static final Logger log = LoggerFactory.getLogger(Faults.class);

  private Faults() {}

  /// Logs it with its stack, unless the connection or what came over it is to blame.
  ///
  /// @param ended what was lost by it
  public static void tell(String ended, Throwable cause) {
    if (!(cause instanceof IOException) && !(cause instanceof CodecException)) {
      log.warn("{} was ended because of a fault in Postern", ended, cause);
    }
  }
}
