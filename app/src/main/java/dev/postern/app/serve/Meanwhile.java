package dev.postern.app.serve;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// A value that a thread of its own makes.
final class Meanwhile<T> implements Supplier<T> {

  /// Makes it.
  interface Work<T> {
    T make() throws IOException;
  }

  private final FutureTask<T> task;

  Meanwhile(String thread, Work<T> work) {
    task = new FutureTask<>(work::make);
    Thread.ofPlatform().daemon().name(thread).start(task);
  }

  /// Waits for it.
  ///
  /// @throws IllegalStateException when it could not be made
  @Override
  public T get() {
    try {
      return orThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits for it.
  T orThrow() throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
