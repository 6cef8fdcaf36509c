package dev.postern.proxy.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import org.junit.jupiter.api.Test;

class MissingLibraryTest {
  /// As Netty reports it: what went wrong is inside, beside what else was tried.
  @Test
  void theReasonIsSaidOnOneLineWithWhatToDo() {
    UnsatisfiedLinkError tried = new UnsatisfiedLinkError("cannot map\nmore of it");
    UnsatisfiedLinkError outer = new UnsatisfiedLinkError("no library");
    outer.initCause(new IllegalArgumentException("none of them"));
    outer
        .getCause()
        .addSuppressed(new UnsatisfiedLinkError("no other_name in java.library.path: /lib"));
    outer.getCause().addSuppressed(new FileNotFoundException("other_name"));
    outer.getCause().addSuppressed(tried);
    assertThat(MissingLibrary.text("sockets are slower", outer))
        .startsWith("sockets are slower; a native library could not be loaded: cannot map (")
        .contains(System.getProperty("java.io.tmpdir"), "noexec", "-Djava.io.tmpdir=")
        .doesNotContain("\n");
  }

  @Test
  void aReasonThatNobodyKnowsIsNoFault() {
    assertThat(MissingLibrary.text("so", null)).contains("unknown");
    assertThat(MissingLibrary.text("so", new UnsatisfiedLinkError())).contains("unknown");
  }
}
