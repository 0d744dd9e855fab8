package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
