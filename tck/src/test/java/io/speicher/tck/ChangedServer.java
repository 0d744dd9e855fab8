package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The reference server, compiled again after some change of its source, and started. */
final class ChangedServer implements Closeable {
  private static final String PACKAGE = "io.speicher.tck.";
  private static final JavaCompiler COMPILER =
      Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK is needed, not a JRE");

  /** Kept, with what it knows of the class path: to find that out takes longer than to compile. */
  private static final ThreadLocal<StandardJavaFileManager> STANDARD_FILES =
      ThreadLocal.withInitial(() -> COMPILER.getStandardFileManager(null, null, UTF_8));

  private final Closeable server;
  private final int port;

  private ChangedServer(Closeable server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Compiles and starts it.
   *
   * @throws IllegalArgumentException if a source cannot be compiled
   */
  static ChangedServer start(Map<String, String> changedSources)
      throws IOException, ReflectiveOperationException {
    Class<?> type =
        new ServerLoader(compile(changedSources)).loadClass(PACKAGE + "ReferenceServer");
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Closeable server = (Closeable) constructor.newInstance(null, 0);
    var port = type.getDeclaredMethod("port");
    port.setAccessible(true);
    return new ChangedServer(server, (int) port.invoke(server));
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private static Map<String, byte[]> compile(Map<String, String> sources) {
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    MemoryFiles files = new MemoryFiles(STANDARD_FILES.get());
    List<String> options =
        List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
    List<Source> units =
        sources.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
    if (!COMPILER.getTask(null, files, diagnostics, options, null, units).call()) {
      throw new IllegalArgumentException(
          diagnostics.getDiagnostics().stream()
              .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
              .toList()
              .toString());
    }
    return files.classes();
  }

  /** A source that is in memory. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(
          URI.create("string:///" + PACKAGE.replace('.', '/') + className + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps what the compiler writes in memory. */
  private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

    MemoryFiles(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("mem:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          return written.computeIfAbsent(className, name -> new ByteArrayOutputStream());
        }
      };
    }

    Map<String, byte[]> classes() {
      Map<String, byte[]> classes = new HashMap<>();
      written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return classes;
    }
  }

  /** Loads the classes of the server anew, those that were changed as they are now. */
  private static final class ServerLoader extends ClassLoader {
    private final Map<String, byte[]> changed;

    ServerLoader(Map<String, byte[]> changed) {
      super(ChangedServer.class.getClassLoader());
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        boolean isOfServer =
            name.startsWith(PACKAGE + "Reference")
                || name.startsWith(PACKAGE + "NaiveJson")
                || name.equals(PACKAGE + "Flaw"); // Which those see, as package-private as it is.
        return isOfServer ? define(name) : super.loadClass(name, resolve);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      byte[] bytes = changed.get(name);
      if (bytes == null) {
        String file = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(file)) {
          bytes = Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
          throw new ClassNotFoundException(name, e);
        }
      }
      return defineClass(name, bytes, 0, bytes.length);
    }
  }
}
