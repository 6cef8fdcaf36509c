package dev.postern.app.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// SIGTERM and SIGINT: the first asks for an orderly end, the second gets one at once.
///
/// A shutdown hook cannot do that: the JVM would end with 143 after a drain that went well, and
/// would not hear a second signal at all. `sun.misc.Signal` (module jdk.unsupported) is called by
/// reflection, as javac's warning about it cannot be switched off and warnings are errors here.
final class StopSignals {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private StopSignals() {}

  /// From now on the first signal runs `stop`, in a thread of its own.
  static void onFirst(Runnable stop) {
    var asked = new AtomicBoolean();
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method number = signalType.getMethod("getNumber");
      InvocationHandler handler =
          (proxy, method, args) -> {
            if (!method.getName().equals("handle")) {
              return method.invoke(stop, args);
            }
            if (asked.compareAndSet(false, true)) {
              stop.run();
            } else {
              Runtime.getRuntime().halt(128 + (int) number.invoke(args[0]));
            }
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
