package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What framed JSON offers beyond the core, through a server and its store. */
final class JsonFullIT {
  private SpeicherServer server;
  private RawClient client;

  @BeforeEach
  void start() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(128 << 20, Ticker.system()));
    client = new RawClient(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void conditions() throws IOException {
    check("{'command':'SET','key':'a','value':1,'if':'present'}", 404);
    check("{'command':'SET','key':'a','value':1,'if':'absent'}", 200);
    check("{'command':'SET','key':'a','value':1,'if':'absent'}", 409);
    String reply = client.ask("{'command':'GET','key':'a','version':true}");
    String version = reply.replaceAll(".*\"version\":\"(\\d+)\".*", "$1");
    check("{'command':'SET','key':'a','value':2,'if':'" + version + "'}", 200);
    check("{'command':'SET','key':'a','value':3,'if':'" + version + "'}", 409);
    check("{'command':'DEL','key':'a','if':'" + version + "'}", 409);
    check("{'command':'GET','key':'a'}", "{'status_code':200,'value':2}");
  }

  @Test
  void batches() throws IOException {
    check("{'command':'MSET','items':[{'key':'a','value':1},{'key':'b'}]}", 400);
    check("{'command':'CNT'}", "{'status_code':200,'count':0}");
    check("{'command':'MSET','items':[{'key':'a','value':1},{'key':'b','value':'x'}]}", 200);
    check(
        "{'command':'MGET','keys':['a','c','b']}",
        "{'status_code':200,'items':[{'status_code':200,'value':1},"
            + "{'status_code':404,'message':'no such key'},{'status_code':200,'value':'x'}]}");
    check("{'command':'MGET','keys':[]}", "{'status_code':200,'items':[]}");
    check("{'command':'MDEL','keys':['a','c','b']}", "{'status_code':200,'deleted':2}");
  }

  @Test
  void counter() throws IOException {
    check("{'command':'INC','key':'n'}", 404);
    check("{'command':'INC','key':'n','by':5,'initial':-1}", "{'status_code':200,'value':-1}");
    check("{'command':'INC','key':'n','by':5}", "{'status_code':200,'value':4}");
    check("{'command':'GET','key':'n'}", "{'status_code':200,'value':4}");
    check("{'command':'INC','key':'n','by':9223372036854775807}", 409);
    check("{'command':'SET','key':'n','value':'x'}", 200);
    check("{'command':'INC','key':'n'}", 409);
  }

  @Test
  void appendAndBytes() throws IOException {
    check("{'command':'APP','key':'s','value':'x'}", 404);
    check("{'command':'SET','key':'s','value':'b'}", 200);
    check("{'command':'APP','key':'s','value':'\\u0063'}", "{'status_code':200,'length':2}");
    check("{'command':'PRE','key':'s','value':'a'}", "{'status_code':200,'length':3}");
    check("{'command':'GET','key':'s'}", "{'status_code':200,'value':'abc'}");
    check("{'command':'SET','key':'s','value':'/w==','encoding':'base64'}", 200);
    check("{'command':'GET','key':'s'}", "{'status_code':200,'value':'/w==','encoding':'base64'}");
  }

  @Test
  void touch() throws IOException {
    check("{'command':'TCH','key':'t','ttl':60000}", 404);
    check("{'command':'SET','key':'t','value':1}", 200);
    check("{'command':'TTL','key':'t'}", "{'status_code':200}");
    check("{'command':'TCH','key':'t','ttl':60000}", 200);
    assertThat(client.ask("{'command':'TTL','key':'t'}")).contains("\"ttl\":");
    check("{'command':'TCH','key':'t'}", 200);
    check("{'command':'TTL','key':'t'}", "{'status_code':200}");
  }

  @Test
  void scanAndInfo() throws IOException {
    check("{'command':'SET','key':'user:1','value':1}", 200);
    check("{'command':'SET','key':'other','value':1}", 200);
    StringBuilder found = new StringBuilder();
    String cursor = "0";
    do {
      String reply =
          client.ask("{'command':'SCN','match':'user:*','count':1000,'cursor':'" + cursor + "'}");
      cursor = reply.replaceAll(".*\"cursor\":\"(\\d+)\".*", "$1");
      found.append(reply);
    } while (!cursor.equals("0"));
    assertThat(found).contains("\"user:1\"").doesNotContain("other");
    assertThat(client.ask("{'command':'INF'}")).contains("\"items\":2,").contains("\"sets\":2,");
  }

  private void check(String request, String reply) throws IOException {
    assertThat(client.ask(request)).isEqualTo(reply.replace('\'', '"'));
  }

  private void check(String request, int statusCode) throws IOException {
    assertThat(client.ask(request)).as(request).startsWith("{\"status_code\":" + statusCode);
  }
}
