package dev.postern.app.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// SIGTERM and SIGINT: the first asks for an orderly end, the second gets one at once, unless it is
/// the same request ([StopRequests]).
///
/// A shutdown hook cannot do that: the JVM would end with 143 after a drain that went well, and
/// would not hear a second signal at all. `sun.misc.Signal` (module jdk.unsupported) is called by
/// reflection, as javac's warning about it cannot be switched off and warnings are errors here.
final class StopSignals {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private final CountDownLatch asked = new CountDownLatch(1);
  private final Thread arming;

  /// Begins to listen, in a thread of its own as the JVM takes its time over it.
  StopSignals() {
    arming = Thread.ofPlatform().daemon().name("signals").start(this::listen);
  }

  /// When this returns no signal is missed.
  void arm() throws InterruptedException {
    arming.join();
  }

  /// Waits for the first.
  void await() throws InterruptedException {
    asked.await();
  }

  private void listen() {
    var requests = new StopRequests();
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method number = signalType.getMethod("getNumber");
      InvocationHandler handler =
          (proxy, method, args) -> {
            if (!method.getName().equals("handle")) {
              return method.invoke(this, args);
            }
            if (requests.isEndAtOnce(System.nanoTime())) {
              Runtime.getRuntime().halt(128 + (int) number.invoke(args[0]));
            }
            asked.countDown();
            return null;
          };
      Object handlerProxy =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(), new Class<?>[] {handlerType}, handler);
      Method handle = signalType.getMethod("handle", signalType, handlerType);
      for (String name : NAMES) {
        handle.invoke(
            null, signalType.getConstructor(String.class).newInstance(name), handlerProxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not let a program handle signals", e);
    }
  }
}
