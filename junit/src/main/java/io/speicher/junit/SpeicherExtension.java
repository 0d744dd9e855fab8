package io.speicher.junit;

import io.speicher.client.Speicher;
import java.lang.reflect.Constructor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Has a server for tests, and gives them clients.
 *
 * <p><b>The server</b> is started by the first class that needs it, on a port of this machine that
 * is free, and serves all tests of the process; it ends with the process. On Java 25 or later it
 * runs in the process of the tests. On older ones it runs in a process of its own, by a Java 25
 * that {@code JAVA25_HOME} names or that lies in one of the usual places. It takes up to 64 MiB of
 * memory.
 *
 * <p><b>Parameters</b> of test methods, and of methods that run before or after each or all of
 * them, may have these types:
 *
 * <ul>
 *   <li>{@link Speicher}: a client whose keys all begin with a namespace of this test's own. So it
 *       is empty at first, and tests that run at the same time do not see each other. It is closed
 *       after the test.
 *   <li>{@link TestServer}: where the server is, and the same namespace.
 * </ul>
 *
 * <p>What runs before or after all tests of a class shares a namespace of the class.
 */
public final class SpeicherExtension
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
  private static final Namespace STORE = Namespace.create(SpeicherExtension.class);
  private static final AtomicLong lastNumber = new AtomicLong();

  /** For JUnit. */
  public SpeicherExtension() {}

  /** What one test or class has been given. */
  private static final class Given {
    final TestServer server;
    final Speicher speicher;

    Given() {
      LocalServer local = LocalServer.shared();
      server =
          new TestServer(local.host(), local.port(), "test" + lastNumber.incrementAndGet() + ":");
      speicher = Speicher.builder().url(server.url()).namespace(server.namespace()).build();
    }
  }

  /** Starts the server, so that no test has to wait for it. */
  @Override
  public void beforeAll(ExtensionContext context) {
    LocalServer unused = LocalServer.shared();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Speicher.class || type == TestServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (parameter.getDeclaringExecutable() instanceof Constructor<?>) {
      throw new ParameterResolutionException(
          "a constructor cannot have a "
              + parameter.getParameter().getType().getSimpleName()
              + ", since it does not know its test: make it a parameter of the test method, or of"
              + " one with @BeforeEach");
    }
    Given given = given(context);
    return parameter.getParameter().getType() == Speicher.class ? given.speicher : given.server;
  }

  /** By the name of the context: what the class has been given is not what a test gets. */
  private static Given given(ExtensionContext context) {
    Given present = context.getStore(STORE).get(context.getUniqueId(), Given.class);
    if (present != null) {
      return present;
    }
    Given given = new Given();
    context.getStore(STORE).put(context.getUniqueId(), given); // One thread runs a test.
    return given;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close(context);
  }

  private static void close(ExtensionContext context) {
    Given given = context.getStore(STORE).remove(context.getUniqueId(), Given.class);
    if (given != null) {
      given.speicher.close();
    }
  }
}
