package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.ItemReader;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that have something to say at the same time: the one event loop is held in a command
 * while they say it, so it finds them all ready when it goes on.
 */
final class InboxIT {
  @RegisterExtension final Opened opened = new Opened();
  private final Semaphore held = new Semaphore(0);
  private final Semaphore mayGoOn = new Semaphore(0);

  /** The keys of each batch that the store was told of. */
  private final List<List<String>> batches = new CopyOnWriteArrayList<>();

  @AfterEach
  void letGo() {
    mayGoOn.release(1_000);
  }

  @ParameterizedTest
  @EnumSource
  void connectionsThatAreReady_areReadAheadTogether(Transport transport) throws IOException {
    SpeicherServer server = start(transport);
    List<Peer> peers = List.of(connect(server), connect(server), connect(server), connect(server));
    peers.get(0).ask("*1\r\n$4\r\nPING\r\n", "+PONG\r\n"); // Now it is known how each speaks.
    peers.get(1).ask("set c 0 0 2\r\nCC\r\n", "STORED\r\n");
    peers.get(2).ask(frame("{\"command\":\"PING\"}"), frame("{\"status_code\":200}"));
    peers.get(3).ask(set("e", "EE"), "+OK\r\n");

    for (int attempt = 1; batches.isEmpty() && attempt <= 100; attempt++) {
      Peer holder = hold(server);
      peers.get(0).send(get("a") + get("b"));
      peers.get(1).send("get c\r\n");
      peers.get(2).send(frame("{\"command\":\"GET\",\"key\":\"d\"}"));
      peers.get(3).send(get("e"));
      goOn(holder);
      peers.get(0).expect("$-1\r\n$-1\r\n");
      peers.get(1).expect("VALUE c 0 2\r\nCC\r\nEND\r\n");
      peers.get(2).expect(frame("{\"status_code\":404,\"message\":\"no such key\"}"));
      peers.get(3).expect("$2\r\nEE\r\n");
      batches.removeIf(keys -> keys.size() < 5); // The kernel may have brought one too late.
    }
    assertThat(batches).hasSize(1);
    assertThat(batches.getFirst()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
  }

  /** More than wait at a time, and more commands than are read ahead for at a time. */
  @ParameterizedTest
  @EnumSource
  void manyConnections(Transport transport) throws IOException {
    SpeicherServer server = start(transport);
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      peers.add(connect(server));
      peers.get(i).ask(set("key" + i, "value" + i), "+OK\r\n");
    }
    Peer holder = hold(server);
    for (int i = 0; i < peers.size(); i++) {
      peers.get(i).send(get("key" + i).repeat(7));
    }
    goOn(holder);
    for (int i = 0; i < peers.size(); i++) {
      peers.get(i).expect(("$" + ("value" + i).length() + "\r\nvalue" + i + "\r\n").repeat(7));
    }
  }

  /** One closes the others while they wait, or after they were answered, as the order may be. */
  @ParameterizedTest
  @EnumSource
  void connectionsThatAreClosedMeanwhile_doNoHarm(Transport transport) throws IOException {
    SpeicherServer server = start(transport);
    Peer killer = connect(server);
    killer.ask("PING\r\n", "+PONG\r\n");
    List<Peer> others = List.of(connect(server), connect(server));
    for (Peer other : others) {
      other.ask("PING\r\n", "+PONG\r\n");
    }
    Peer holder = hold(server);
    killer.send("CLIENT KILL TYPE normal SKIPME yes\r\n");
    for (Peer other : others) {
      other.send(get("none"));
    }
    mayGoOn.release();
    killer.expect(":3\r\n");
    killer.ask(get("none"), "$-1\r\n");
    for (Peer other : others) {
      assertThat(other.rest()).isIn("", "$-1\r\n");
    }
    assertThat(holder.rest()).isEqualTo("$-1\r\n");
  }

  /** Streams in pieces, all at the same time, are answered as each would be alone. */
  @ParameterizedTest
  @EnumSource
  void together_isAsAlone(Transport transport) throws IOException {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    SpeicherServer server = start(transport);
    SpeicherServer another = start(transport);
    List<byte[]> streams = new ArrayList<>();
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      streams.add(stream(i, random));
      peers.add(connect(server));
    }
    int[] sent = new int[peers.size()];
    boolean more = true;
    while (more) {
      more = false;
      Peer holder = hold(server);
      for (int i = 0; i < sent.length; i++) {
        byte[] stream = streams.get(i);
        boolean large = random.nextInt(4) == 0;
        int next = Math.min(stream.length, sent[i] + random.nextInt(large ? 60_000 : 300));
        if (sent[i] < next) {
          peers.get(i).client().send(Arrays.copyOfRange(stream, sent[i], next));
          if (next == stream.length) {
            peers.get(i).client().shutdownOutput();
          }
        }
        sent[i] = next;
        more |= next < stream.length;
      }
      goOn(holder);
    }
    for (int i = 0; i < sent.length; i++) {
      Peer alone = connect(another);
      alone.client().send(streams.get(i));
      alone.client().shutdownOutput();
      assertThat(peers.get(i).rest()).as("-Dseed=%d, peer %d", seed, i).isEqualTo(alone.rest());
    }
  }

  // ---- what they say ----

  private static byte[] stream(int peer, Random random) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      String key = peer + "k" + random.nextInt(3);
      String value = "v".repeat(random.nextInt(30) == 0 ? 70_000 : 1 + random.nextInt(50));
      stream.writeBytes(bytes(command(peer % 3, random.nextInt(8), key, value)));
    }
    if (random.nextInt(4) == 0) { // The last thing that is understood.
      stream.writeBytes(
          bytes(peer % 3 == 2 ? "\177\0\0\0" : peer % 3 == 1 ? "quit\r\n" : "*x\r\n"));
    }
    return stream.toByteArray();
  }

  private static String command(int dialect, int kind, String key, String value) {
    return switch (dialect) {
      case 0 ->
          switch (kind) {
            case 0 -> "*1\r\n$4\r\nPING\r\n";
            case 1 -> "INCR n" + key + "\r\n";
            case 2 -> "MULTI\r\n" + get(key) + set(key, value) + "EXEC\r\n";
            case 3, 4 -> set(key, value);
            default -> get(key);
          };
      case 1 ->
          switch (kind) {
            case 0 -> "mn\r\n";
            case 1 -> "append " + key + " 0 0 1\r\nx\r\n";
            case 2 -> "no such command\r\n";
            case 3, 4 -> "set " + key + " 0 0 " + value.length() + "\r\n" + value + "\r\n";
            default -> "get " + key + "\r\n";
          };
      default ->
          switch (kind) {
            case 0 -> frame("{\"command\":\"PING\"}");
            case 1 -> frame("{\"command\":\"APP\",\"key\":\"" + key + "\",\"value\":\"x\"}");
            case 2 -> frame("{\"command\":\"MGET\",\"keys\":[\"" + key + "\",\"none\"]}");
            case 3, 4 ->
                frame("{\"command\":\"SET\",\"key\":\"" + key + "\",\"value\":\"" + value + "\"}");
            default -> frame("{\"command\":\"GET\",\"key\":\"" + key + "\"}");
          };
    };
  }

  private static String get(String key) {
    return "*2\r\n$3\r\nGET\r\n$" + key.length() + "\r\n" + key + "\r\n";
  }

  private static String set(String key, String value) {
    return "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
        .formatted(key.length(), key, value.length(), value);
  }

  private static String frame(String json) {
    return text(RawClient.frame(json));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  // ---- who says it, and to whom ----

  /** Holds the loop, which goes on with {@link #goOn}. */
  private Peer hold(SpeicherServer server) throws IOException {
    Peer holder = connect(server);
    holder.send(get("hold"));
    held.acquireUninterruptibly();
    return holder;
  }

  private void goOn(Peer holder) throws IOException {
    mayGoOn.release();
    holder.expect("$-1\r\n");
    holder.client().close();
  }

  private SpeicherServer start(Transport transport) throws IOException {
    return opened.start(
        TestSettings.of(1, transport), holdable(new SegmentStore(64 << 20, Ticker.system())));
  }

  /** The same store, which holds whoever asks for a certain key, and remembers its batches. */
  private Store holdable(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (self, method, arguments) -> {
              switch (method.getName()) {
                case "database" -> { // The first one is the store itself.
                  return arguments[0].equals(0) ? self : store.database((int) arguments[0]);
                }
                case "get" -> {
                  if (((ByteBuffer) arguments[0]).equals(ByteBuffer.wrap(bytes("hold")))) {
                    held.release();
                    mayGoOn.acquire();
                  }
                  return store.get(
                      (ByteBuffer) arguments[0], (ItemReader) arguments[arguments.length - 1]);
                }
                case "put" -> {
                  return store.put(
                      (ByteBuffer) arguments[0],
                      (ByteBuffer) arguments[1],
                      (PutOptions) arguments[2]);
                }
                case "newPrefetch" -> {
                  return new RecordedPrefetch(batches::add);
                }
                default -> {}
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Peer connect(SpeicherServer server) throws IOException {
    RawClient client = new RawClient(server.port());
    opened.add(client);
    return new Peer(client);
  }

  /** What they say is text, of one byte for each character. */
  private record Peer(RawClient client) {
    void send(String text) throws IOException {
      client.send(bytes(text));
    }

    void expect(String reply) throws IOException {
      assertThat(text(client.read(reply.length()))).isEqualTo(reply);
    }

    void ask(String text, String reply) throws IOException {
      send(text);
      expect(reply);
    }

    /** All that comes until the server closes. */
    String rest() throws IOException {
      return text(client.rest());
    }
  }
}
