import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/** Prints the classes that archive-classes archives: those of a list, and those of a jar's class path. */
final class ClassList {
  private ClassList() {}

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[1]);
    Files.readAllLines(Path.of(arguments[0])).forEach(System.out::println);
    try (JarFile main = new JarFile(jar.toFile())) {
      for (String entry : main.getManifest().getMainAttributes().getValue("Class-Path").split(" ")) {
        print(jar.resolveSibling(entry).toFile());
      }
    }
  }

  private static void print(File jar) throws IOException {
    try (JarFile classes = new JarFile(jar)) {
      classes.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/") && !name.contains("-info"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .sorted()
          .forEach(System.out::println);
    }
  }
}
