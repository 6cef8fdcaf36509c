package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.ManifestFolder;
import dev.postern.e2e.fixture.Manifests;
import dev.postern.e2e.fixture.PosternProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Puts a case's manifests before the one Postern that serves all cases, gives the test its {@link
 * Case}, and takes the manifests away again.
 */
final class Suite
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {
  private static final Namespace STORE = Namespace.create(Suite.class);

  /** One process and its backends, for as long as this JVM runs tests. */
  private record Running(ManifestFolder folder, PosternProcess postern, Backends backends)
      implements AutoCloseable {

    static Running start() {
      try {
        ManifestFolder folder =
            new ManifestFolder(Files.createTempDirectory("postern-conformance").toAbsolutePath());
        folder.put("class.yaml", Manifests.gatewayClass());
        return new Running(
            folder, PosternProcess.serving(folder, "--access-log", "off"), new Backends(folder));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      postern.close();
      backends.close();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Running running =
        context
            .getRoot()
            .getStore(STORE)
            .computeIfAbsent(Running.class, type -> Running.start(), Running.class);
    Case test =
        new Case(
            upstream(context).value(), running.folder(), running.postern(), running.backends());
    context.getStore(STORE).put(Case.class, test);
    test.deploy();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Case test = caseOf(context);
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + ": " + test);
    }
    test.close();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Case.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return caseOf(context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    String fails = upstream(context).fails();
    if (fails.isEmpty()) {
      invocation.proceed();
      return;
    }
    Optional<Throwable> failure = Optional.empty();
    try {
      invocation.proceed();
    } catch (AssertionError | RuntimeException expected) {
      failure = Optional.of(expected);
    }
    assertThat(failure).as("it passes now; take away: %s", fails).isPresent();
  }

  private static Upstream upstream(ExtensionContext context) {
    return context.getRequiredTestMethod().getAnnotation(Upstream.class);
  }

  private static Case caseOf(ExtensionContext context) {
    return context.getStore(STORE).get(Case.class, Case.class);
  }
}
