package io.speicher.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** With nodes that are lists of keys. */
final class AllKeysTest {
  private static final int KEYS = 30;

  /** Each node has some keys; a position is an index. */
  private static final class FakeNodes implements AllKeys.Nodes<String> {
    private final Map<String, List<Integer>> keys = new TreeMap<>();
    private int topologyId = 1;
    private int asked;

    /** Before which question there is another topology, or does not answer. */
    private int changeAt = -1;

    private int silentAt = -1;
    private int silentUntil = -1;
    private boolean isSplit;

    FakeNodes() {
      share(3);
    }

    /** Gives each key to one of so many nodes, which begin with another one in each topology. */
    void share(int nodes) {
      keys.clear();
      for (int i = 0; i < KEYS; i++) {
        String node = "node" + (i + topologyId) % nodes;
        keys.computeIfAbsent(node, name -> new ArrayList<>()).add(i);
      }
    }

    void change() {
      topologyId++;
      share(2 + topologyId % 2);
    }

    @Override
    public Tellers<String> tellers() {
      return new Tellers<>(topologyId, List.copyOf(keys.keySet()));
    }

    @Override
    public @Nullable KeyPage ask(String node, KeysQuery query) {
      int question = asked++;
      if (question == changeAt) {
        change();
      }
      if (query.topologyId() != topologyId || (question >= silentAt && question < silentUntil)) {
        return null;
      }
      List<Integer> all = keys.getOrDefault(node, List.of());
      int from = (int) Math.min(query.position(), all.size());
      int to = Math.min(all.size(), from + (query.count() == 0 ? 2 : query.count()));
      List<ByteBuffer> found =
          all.subList(from, to).stream()
              .map(key -> ByteBuffer.wrap(("" + key).getBytes(UTF_8)))
              .toList();
      long position = to == all.size() ? 0 : to;
      return query.count() == 0
          ? new KeyPage(position, found.size(), List.of())
          : new KeyPage(position, 0, found);
    }

    @Override
    public Reply.@Nullable Failed refusal() {
      return isSplit ? InfinispanCluster.unavailable("split") : null;
    }
  }

  private final FakeNodes nodes = new FakeNodes();
  private final AllKeys<String> all = new AllKeys<>(nodes, Duration.ofMillis(30));

  private Reply.Keys step(long cursor, int count) throws Exception {
    return (Reply.Keys) all.scan(new Command.Scan(cursor, count, null));
  }

  /** All that a walk tells, in its order. */
  private List<String> walk(long from, int count) throws Exception {
    List<String> told = new ArrayList<>();
    long cursor = from;
    do {
      Reply.Keys step = step(cursor, count);
      step.keys().forEach(key -> told.add(UTF_8.decode(key).toString()));
      assertThat(step.keys()).hasSizeLessThanOrEqualTo(count);
      cursor = step.cursor();
    } while (cursor != 0);
    return told;
  }

  private static List<String> everyKey() {
    return IntStream.range(0, KEYS).mapToObj(Integer::toString).toList();
  }

  // ---- scan ----

  @Test
  void walk_tellsEachKeyOnce() throws Exception {
    for (int count : new int[] {2, 3, 7, KEYS, 1_000}) {
      assertThat(walk(0, count))
          .as("count=%d", count)
          .containsExactlyInAnyOrderElementsOf(everyKey());
    }
  }

  @Test
  void change_missesNothing() throws Exception {
    int questions = 20;
    for (int i = 0; i < questions; i++) {
      nodes.asked = 0;
      nodes.changeAt = i;
      Set<String> told = new HashSet<>(walk(0, 2));
      assertThat(told).as("changeAt=%d", i).containsExactlyInAnyOrderElementsOf(everyKey());
    }
    assertThat(nodes.topologyId).isGreaterThan(15);
  }

  @Test
  void changeBetweenSteps_beginsAgain() throws Exception {
    Reply.Keys first = step(0, 2);
    nodes.change();
    assertThat(walk(first.cursor(), 3)).containsExactlyInAnyOrderElementsOf(everyKey());
  }

  @Test
  void nodeThatDoesNotAnswerForAMoment_isAskedAgain() throws Exception {
    nodes.silentAt = 1;
    nodes.silentUntil = 2;
    assertThat(walk(0, KEYS)).containsExactlyInAnyOrderElementsOf(everyKey());
  }

  @Test
  void nodeThatDoesNotAnswer_isAnErrorInWords() throws Exception {
    nodes.silentAt = 1;
    nodes.silentUntil = Integer.MAX_VALUE;
    Reply.Failed scanned = (Reply.Failed) all.scan(new Command.Scan(0, KEYS, null));
    assertThat(scanned.message()).contains("a node does not tell of its keys");
    nodes.asked = 0;
    assertThat(((Reply.Failed) all.count(() -> true)).message()).isEqualTo(scanned.message());
  }

  @Test
  void split_isSaidAtOnce() throws Exception {
    nodes.isSplit = true;
    nodes.silentAt = 0;
    nodes.silentUntil = Integer.MAX_VALUE;
    assertThat(((Reply.Failed) all.scan(new Command.Scan(0, 2, null))).message())
        .isEqualTo("split");
    assertThat(((Reply.Failed) all.count(() -> true)).message()).isEqualTo("split");
    assertThat(nodes.asked).isEqualTo(2);
  }

  @Test
  void anyCursor_leadsToAnEnd() throws Exception {
    Random random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      assertThat(walk(random.nextLong(), 5)).hasSizeLessThanOrEqualTo(KEYS);
    }
  }

  // ---- count ----

  @Test
  void count_addsNodes() throws Exception {
    assertThat(all.count(() -> true)).isEqualTo(new Reply.Count(KEYS));
  }

  @Test
  void count_beginsAgainAfterAChange() throws ExecutionException, InterruptedException {
    for (int i = 0; i < 15; i++) {
      nodes.asked = 0;
      nodes.changeAt = i;
      assertThat(all.count(() -> true)).as("changeAt=%d", i).isEqualTo(new Reply.Count(KEYS));
    }
  }

  @Test
  void count_stopsIfNobodyWantsIt() throws Exception {
    assertThat(all.count(() -> false)).isInstanceOf(Reply.Failed.class);
    assertThat(nodes.asked).isEqualTo(1);
  }
}
