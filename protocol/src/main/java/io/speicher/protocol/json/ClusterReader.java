package io.speicher.protocol.json;

import io.speicher.protocol.ClusterView;
import io.speicher.protocol.KeySlot;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the reply to {@code NOD}: protocol, section 5.18. */
final class ClusterReader {
  private static final byte[] CLUSTER = ascii("cluster");
  private static final byte[] AVAILABLE = ascii("available");
  private static final byte[] EPOCH = ascii("epoch");
  private static final byte[] NODES = ascii("nodes");
  private static final byte[] RANGES = ascii("ranges");
  private static final byte[] ID = ascii("id");
  private static final byte[] HOST = ascii("host");
  private static final byte[] PORT = ascii("port");
  private static final byte[] MYSELF = ascii("myself");
  private static final byte[] FIRST = ascii("first");
  private static final byte[] LAST = ascii("last");
  private static final byte[] OWNERS = ascii("owners");

  private static final int MAX_PORT = 65_535;

  private ClusterReader() {}

  /**
   * What {@code object} tells, which has nodes; no cluster if there are none of them.
   *
   * @throws ProtocolException if it makes no sense
   */
  static Reply.Cluster read(ByteBuffer object) throws MalformedJsonException {
    String name = "";
    boolean isAvailable = false;
    int epoch = 0;
    List<ClusterView.Node> nodes = List.of();
    JsonSpan ranges = null;
    JsonScanner members = new JsonScanner();
    members.begin(object);
    while (members.nextMember()) {
      JsonSpan value = members.valueSpan();
      if (members.nameEquals(CLUSTER)) {
        name = text(value, "cluster");
      } else if (members.nameEquals(AVAILABLE)) {
        isAvailable = isTrue(value);
      } else if (members.nameEquals(EPOCH)) {
        epoch = number(value, "epoch", Integer.MAX_VALUE);
      } else if (members.nameEquals(NODES)) {
        nodes = nodes(value);
      } else if (members.nameEquals(RANGES)) {
        ranges = value;
      }
    }
    List<ClusterView.Range> owned = ranges == null ? List.of() : ranges(ranges, nodes.size());
    return new Reply.Cluster(
        nodes.isEmpty() ? null : new ClusterView(name, isAvailable, epoch, nodes, owned));
  }

  private static List<ClusterView.Node> nodes(JsonSpan array) throws MalformedJsonException {
    List<ClusterView.Node> nodes = new ArrayList<>();
    for (JsonSpan element : elements(array, "nodes")) {
      String id = "";
      String host = "";
      int port = 0;
      boolean isMyself = false;
      JsonScanner members = new JsonScanner();
      members.begin(element.json());
      while (members.nextMember()) {
        JsonSpan value = members.valueSpan();
        if (members.nameEquals(ID)) {
          id = text(value, "id");
        } else if (members.nameEquals(HOST)) {
          host = text(value, "host");
        } else if (members.nameEquals(PORT)) {
          port = number(value, "port", MAX_PORT);
        } else if (members.nameEquals(MYSELF)) {
          isMyself = isTrue(value);
        }
      }
      if (host.isBlank() || port == 0) {
        throw new ProtocolException("the reply has a node that is nowhere");
      }
      nodes.add(new ClusterView.Node(id, host, port, 0, isMyself));
    }
    return List.copyOf(nodes);
  }

  private static List<ClusterView.Range> ranges(JsonSpan array, int nodeCount)
      throws MalformedJsonException {
    List<ClusterView.Range> ranges = new ArrayList<>();
    for (JsonSpan element : elements(array, "ranges")) {
      int first = -1;
      int last = -1;
      List<Integer> owners = new ArrayList<>();
      JsonScanner members = new JsonScanner();
      members.begin(element.json());
      while (members.nextMember()) {
        JsonSpan value = members.valueSpan();
        if (members.nameEquals(FIRST)) {
          first = number(value, "first", KeySlot.SLOTS - 1);
        } else if (members.nameEquals(LAST)) {
          last = number(value, "last", KeySlot.SLOTS - 1);
        } else if (members.nameEquals(OWNERS)) {
          for (JsonSpan owner : elements(value, "owners")) {
            owners.add(number(owner, "owner", nodeCount - 1));
          }
        }
      }
      if (first < 0 || last < first) {
        throw new ProtocolException("the reply has a range of slots that is none");
      }
      ranges.add(new ClusterView.Range(first, last, List.copyOf(owners)));
    }
    return List.copyOf(ranges);
  }

  private static List<JsonSpan> elements(JsonSpan value, String name)
      throws MalformedJsonException {
    ByteBuffer json = value.json();
    if (json.get(json.position()) != '[') {
      throw new ProtocolException("the reply has " + name + " that are no array");
    }
    List<JsonSpan> elements = new ArrayList<>();
    JsonScanner array = new JsonScanner();
    array.beginArray(json);
    while (array.nextElement()) {
      elements.add(array.valueSpan());
    }
    return elements;
  }

  private static String text(JsonSpan value, String name) {
    if (!value.isString()) {
      throw new ProtocolException("the reply has a " + name + " that is no string");
    }
    return value.string();
  }

  private static int number(JsonSpan value, String name, int max) {
    @Nullable Long number = value.integer();
    if (number == null || number < 0 || number > max) {
      throw new ProtocolException("the reply has a " + name + " that cannot be");
    }
    return number.intValue();
  }

  private static boolean isTrue(JsonSpan value) {
    return value.text().get(value.start()) == 't';
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
