package io.speicher.tck;

import io.speicher.tck.CaseResult.Failure;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes results as the XML that build servers read: a suite a topic, a test case a case. */
final class JUnitReport {
  private JUnitReport() {}

  static void write(Writer out, RunSummary summary) throws IOException {
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      line(xml);
      xml.writeStartElement("testsuites");
      counts(xml, "speicher tck " + summary.dialect(), summary.results());
      line(xml);
      for (String topic : summary.topics()) {
        suite(xml, topic, summary.resultsOf(topic));
      }
      xml.writeEndElement();
      line(xml);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException("cannot write the JUnit report", e);
    }
  }

  private static void suite(XMLStreamWriter xml, String topic, List<CaseResult> results)
      throws XMLStreamException {
    xml.writeStartElement("testsuite");
    counts(xml, topic, results);
    line(xml);
    for (CaseResult result : results) {
      xml.writeStartElement("testcase");
      xml.writeAttribute("classname", topic);
      xml.writeAttribute("name", result.testCase().name());
      xml.writeAttribute("time", RunSummary.seconds(result.time()));
      Failure failure = result.failure();
      if (failure != null) {
        xml.writeStartElement("failure");
        xml.writeAttribute("message", failure.message());
        xml.writeCharacters(text(result.testCase(), failure));
        xml.writeEndElement();
      }
      xml.writeEndElement();
      line(xml);
    }
    xml.writeEndElement();
    line(xml);
  }

  private static void counts(XMLStreamWriter xml, String name, List<CaseResult> results)
      throws XMLStreamException {
    xml.writeAttribute("name", name);
    xml.writeAttribute("tests", Integer.toString(results.size()));
    xml.writeAttribute("failures", Long.toString(RunSummary.failed(results)));
    xml.writeAttribute("time", RunSummary.seconds(RunSummary.time(results)));
  }

  private static String text(Case testCase, Failure failure) {
    StringBuilder text = new StringBuilder();
    text.append(testCase.purpose()).append('\n');
    text.append("see: ").append(testCase.reference()).append('\n');
    text.append("expected: ").append(failure.expected()).append('\n');
    for (Exchange exchange : failure.exchanges()) {
      text.append(exchange.title()).append('\n').append(exchange.dump());
    }
    return text.toString();
  }

  private static void line(XMLStreamWriter xml) throws XMLStreamException {
    xml.writeCharacters("\n");
  }
}
