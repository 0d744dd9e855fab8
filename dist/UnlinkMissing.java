import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Leaves the text alone of links to what is not packed, in all pages in a folder. */
final class UnlinkMissing {
  /**
   * A text, the target of the link, and what is behind its {@code #}. Code in a text may hold
   * brackets.
   */
  private static final Pattern LINK =
      Pattern.compile("(?<!!)\\[((?:`[^`]*+`|[^\\[\\]`]++)*+)]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");

  private UnlinkMissing() {}

  public static void main(String[] arguments) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".md")).toList();
      for (Path page : pages) {
        Files.writeString(page, unlinked(page));
      }
    }
  }

  private static String unlinked(Path page) throws IOException {
    return LINK.matcher(Files.readString(page))
        .replaceAll(link ->
            Matcher.quoteReplacement(isThere(page, link.group(2)) ? link.group() : link.group(1)));
  }

  private static boolean isThere(Path page, String target) {
    return target.contains(":") || Files.exists(page.resolveSibling(target));
  }
}
