package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.resp.RespReply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The keys with the largest numbers, of those that it was told. */
public final class KeyRanking {

  /** A key and what it is ranked by. */
  public record Entry(ByteBuffer key, long number) {
    /** The key, for people. */
    public String text() {
      return Printable.text(key);
    }
  }

  private final int count;
  private final List<Entry> entries = new ArrayList<>();
  private final Set<ByteBuffer> keys = new HashSet<>();

  KeyRanking(int count) {
    this.count = count;
  }

  /** What a server has ranked already: a key, then its number, and so on. */
  public static KeyRanking of(RespReply pairs) {
    List<RespReply> elements = pairs.elements();
    KeyRanking ranking = new KeyRanking(elements.size() / 2);
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      ranking.add(elements.get(i).bytes(), elements.get(i + 1).number());
    }
    return ranking;
  }

  void add(ByteBuffer key, long number) {
    boolean isRanked = entries.size() < count || number > entries.get(count - 1).number();
    if (count == 0 || !isRanked || !keys.add(key)) {
      return;
    }
    int at = entries.size();
    while (at > 0 && entries.get(at - 1).number() < number) {
      at--;
    }
    entries.add(at, new Entry(key, number));
    if (entries.size() > count) {
      keys.remove(entries.remove(count).key());
    }
  }

  /** The largest number first. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** An array of objects that have the number under this name. */
  String json(String name) {
    return JsonObject.array(
        entries.stream()
            .map(e ->
                new JsonObject()
                    .add("key", Printable.forJson(e.key()))
                    .add(name, e.number())
                    .toString())
            .toList());
  }
}
