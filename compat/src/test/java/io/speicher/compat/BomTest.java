package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The bill of materials, beside the modules that there are. It has no code to be tested with. */
final class BomTest {
  private static final Path ROOT = Path.of("..");

  /** The version of a module of ours, not one that a property names. */
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>speicher[-\\w]*</artifactId>\\s*<version>([^<$]*)</version>");

  private static final Pattern IMAGE = Pattern.compile("image: speicher:(\\S*)");

  private final XPath path = XPathFactory.newInstance().newXPath();

  @Test
  void bom_namesEachModuleThatIsPublished() throws Exception {
    Document root = read("pom.xml");
    Document bom = read("bom/pom.xml");
    List<String> published = new ArrayList<>();
    for (String module : texts(root, "/project/modules/module")) {
      Document pom = read(module + "/pom.xml");
      if (!module.equals("bom")
          && !texts(pom, "/project/properties/maven.deploy.skip").contains("true")) {
        published.addAll(texts(pom, "/project/artifactId"));
      }
    }
    String managed = "/project/dependencyManagement/dependencies/dependency/";
    assertThat(published).contains("speicher-client", "speicher-server");
    assertThat(texts(bom, managed + "artifactId")).containsExactlyInAnyOrderElementsOf(published);
    assertThat(texts(bom, managed + "version")).containsOnly("${project.version}");
    assertThat(texts(bom, "/project/version")).isEqualTo(texts(root, "/project/version"));
  }

  /** Whoever imports it would get all versions that the parent manages. */
  @Test
  void bom_managesNothingOfOthers() throws Exception {
    assertThat(texts(read("bom/pom.xml"), "/project/parent")).isEmpty();
  }

  /** What dist/set-version has to find. */
  @Test
  void version_isTheSameEverywhere() throws Exception {
    String version = texts(read("pom.xml"), "/project/version").getFirst();
    List<String> places = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT, 3)) {
      for (Path file : files.filter(BomTest::namesVersions).sorted().toList()) {
        String text = Files.readString(file);
        for (MatchResult said : VERSION.matcher(text).results().toList()) {
          places.add(ROOT.relativize(file) + ": " + said.group(1));
          assertThat(said.group(1)).as("%s", file).isEqualTo(version);
        }
        for (MatchResult said : IMAGE.matcher(text).results().toList()) {
          places.add(ROOT.relativize(file) + ": " + said.group(1));
          assertThat(said.group(1)).as("%s", file).isEqualTo(version.replace("-SNAPSHOT", ""));
        }
      }
    }
    assertThat(places)
        .contains(
            "client/README.md: " + version,
            "client/pom.xml: " + version,
            "examples/java/pom.xml: " + version,
            "dist/kubernetes.yaml: " + version.replace("-SNAPSHOT", ""));
  }

  private static boolean namesVersions(Path file) {
    String path = file.toString();
    return !path.contains("target")
        && (path.endsWith("pom.xml") || path.endsWith("README.md") || path.endsWith(".yaml"));
  }

  private static Document read(String pom) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(pom).toFile());
  }

  private List<String> texts(Document document, String expression) throws Exception {
    NodeList nodes = (NodeList) path.evaluate(expression, document, XPathConstants.NODESET);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }
}
