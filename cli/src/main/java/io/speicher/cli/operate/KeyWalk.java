package io.speicher.cli.operate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import io.speicher.cli.resp.UnexpectedReplyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the keys of a database with SCAN, while it is in use: a key that is there from the
 * beginning to the end is met, and a server may name one more than once. Speicher is asked for the
 * keys of its whole cluster, if it is a node of one.
 */
final class KeyWalk {
  /** So many keys are looked at by one command, which takes the server well below a millisecond. */
  private static final int BATCH = 500;

  /** The cursor to begin with, and that at the end. */
  private static final ByteBuffer START = word("0");

  /** Takes some keys, and says whether there shall be more. */
  interface Visitor {
    boolean visit(List<RespReply> keys) throws IOException;
  }

  private final RespConnection server;
  private final Progress progress;

  KeyWalk(RespConnection server, Progress progress) {
    this.server = server;
    this.progress = progress;
  }

  /**
   * Shows all keys to {@code visitor}, batch by batch, some of which are empty.
   *
   * @param pattern which keys, or null for all
   */
  void walk(@Nullable String pattern, Visitor visitor) throws IOException {
    RespReply ofAllNodes = server.call("SPEICHER", "DBSIZE");
    boolean isSpeicher = !RespCommand.isUnknownCommand(ofAllNodes);
    long total = isSpeicher ? ofAllNodes.orThrow().number() : server.ask("DBSIZE").number();
    ByteBuffer cursor = START;
    long seen = 0;
    boolean goesOn = true;
    while (goesOn) {
      List<ByteBuffer> scan = new ArrayList<>();
      if (isSpeicher) {
        scan.add(word("SPEICHER"));
      }
      scan.addAll(List.of(word("SCAN"), cursor));
      if (pattern != null) {
        scan.addAll(List.of(word("MATCH"), word(pattern)));
      }
      scan.addAll(List.of(word("COUNT"), word(Integer.toString(BATCH))));
      RespReply found = server.askAll(List.of(scan)).get(0);
      ByteBuffer next = found.element(0).bytes();
      if (next.equals(cursor) && !cursor.equals(START)) {
        throw new UnexpectedReplyException("SCAN leads back to where it was");
      }
      cursor = next;
      seen = Math.min(total, seen + BATCH);
      progress.show(
          "%s of %s keys (%.0f %%)"
              .formatted(
                  Units.count(seen),
                  Units.count(total),
                  total == 0 ? 100.0 : 100.0 * seen / total));
      goesOn = visitor.visit(found.element(1).elements()) && !cursor.equals(START);
    }
  }

  /** Ranks all keys by the number that a command answers which gets each as its last word. */
  KeyRanking rank(int count, String... command) throws IOException {
    KeyRanking ranking = new KeyRanking(count);
    walk(
        null,
        keys -> {
          List<List<ByteBuffer>> questions = new ArrayList<>();
          for (RespReply key : keys) {
            List<ByteBuffer> question = new ArrayList<>(RespConnection.bytes(command));
            question.add(key.bytes());
            questions.add(question);
          }
          List<RespReply> numbers = server.askAll(questions);
          for (int i = 0; i < numbers.size(); i++) {
            ranking.add(keys.get(i).bytes(), numbers.get(i).number());
          }
          return true;
        });
    return ranking;
  }

  private static ByteBuffer word(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
