package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.tck.NaiveJson.Member;
import io.speicher.tck.NaiveJson.SyntaxException;
import io.speicher.tck.ReferenceSession.RefusedException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the reference server does beyond the core. A value that is bytes is kept as base64 after an
 * equals sign, with which no JSON begins; every other one as JSON.
 */
final class ReferenceFull {
  private static final String MISS = "{\"status_code\":404,\"message\":\"no such key\"}";
  private static final String CONFLICT = "{\"status_code\":409,\"message\":\"not so\"}";
  static final String BYTES = "=";
  private static final String DONE = "{\"status_code\":200}";
  private static final int MAX_BATCH = 16_384;
  private static final int MAX_TAGS = 16;
  private static final int MAX_TAG_BYTES = 250;
  private static final long MAX_TTL_MILLIS = 9_007_199_254_740_991L;
  private static final int MAX_JITTER_PERCENT = 90;
  private static final int MAX_MATCH_BYTES = 1_024;
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  /** Reads the key of a request. */
  interface KeyReader {
    String key(Map<String, String> request) throws RefusedException, SyntaxException;
  }

  private final @Nullable Flaw flaw;
  private final ReferenceItems items;
  private final KeyReader keyReader;

  /** Is told of each key that is about to be read. */
  private final Consumer<String> reads;

  ReferenceFull(
      @Nullable Flaw flaw, ReferenceItems items, KeyReader keyReader, Consumer<String> reads) {
    this.flaw = flaw;
    this.items = items;
    this.keyReader = keyReader;
    this.reads = reads;
  }

  String execute(String command, Map<String, String> request)
      throws RefusedException, SyntaxException {
    return switch (command) {
      case "MGET" -> getAll(keys(request), wantsVersion(request));
      case "MSET" -> setAll(request);
      case "MDEL" -> deleteAll(keys(request));
      case "INC" -> add(request);
      case "APP", "PRE" -> append(request, command.equals("PRE"));
      case "TCH" -> touch(request);
      case "TTL" -> left(keyReader.key(request));
      case "SCN" -> scan(request);
      case "TAG" -> tag(request);
      case "CLR" -> clear(request);
      case "NSP" -> namespaces(request);
      case "CNT" -> done("count", items.keys().size());
      default -> throw new RefusedException("unknown command");
    };
  }

  /** What refuses a request because of its condition, or null when the condition holds. */
  @Nullable String unmet(String key, @Nullable String written)
      throws RefusedException, SyntaxException {
    if (written == null) {
      return null;
    }
    String condition = text(written);
    ReferenceItems.Item item = items.item(key);
    boolean version = condition.matches("[1-9][0-9]{0,18}") && isLong(new BigInteger(condition));
    if (!version && !condition.equals("absent") && !condition.equals("present")) {
      throw new RefusedException("no such condition");
    }
    if (flaw == Flaw.ignoresConditions) {
      return null;
    }
    if (condition.equals("absent")) {
      return item == null ? null : CONFLICT;
    }
    if (item == null) {
      return MISS;
    }
    return version && item.number() != Long.parseLong(condition) ? CONFLICT : null;
  }

  static boolean wantsVersion(Map<String, String> request) throws RefusedException {
    String version = request.getOrDefault("version", "false");
    if (!version.equals("true") && !version.equals("false")) {
      throw new RefusedException("version is neither true nor false");
    }
    return version.equals("true");
  }

  /** A value as it is kept. */
  static String decoded(@Nullable Flaw flaw, @Nullable String encoding, String value)
      throws RefusedException, SyntaxException {
    if (encoding == null) {
      return value;
    }
    if (!text(encoding).equals("base64")) {
      throw new RefusedException("no such encoding");
    }
    try {
      String kept = kept(Base64.getDecoder().decode(text(value)));
      return flaw == Flaw.losesEncoding ? value : kept;
    } catch (IllegalArgumentException e) {
      throw new RefusedException("not base64");
    }
  }

  /** The reply to a GET of an item that is there. */
  String found(String key, String value, boolean version) {
    String shown =
        value.startsWith(BYTES)
            ? "\"" + value.substring(BYTES.length()) + "\",\"encoding\":\"base64\""
            : value;
    ReferenceItems.Item item = items.item(key);
    String end = version && item != null ? ",\"version\":\"" + item.number() + "\"}" : "}";
    return "{\"status_code\":200,\"value\":" + shown + end;
  }

  private String getAll(List<String> keys, boolean version) {
    List<String> replies = new ArrayList<>();
    for (String key : keys) {
      reads.accept(key);
      ReferenceItems.Item item = items.item(key);
      if (item != null) {
        replies.add(found(key, item.value(), version));
      } else if (flaw != Flaw.dropsMissesOfBatches) {
        replies.add(MISS);
      }
    }
    return "{\"status_code\":200,\"items\":[" + String.join(",", replies) + "]}";
  }

  private String setAll(Map<String, String> request) throws RefusedException, SyntaxException {
    record Entry(String key, String value, @Nullable Long ttlMillis, Set<String> tags) {}
    List<Entry> entries = new ArrayList<>();
    for (String element : elements(request.get("items"))) {
      Map<String, String> members = new HashMap<>();
      for (Member member : NaiveJson.members(element, new NaiveJson.Rules(false, false, 512))) {
        members.put(member.name(), member.value());
      }
      if (members.containsKey("if") || members.containsKey("lease") || members.containsKey("db")) {
        throw new RefusedException("an item has no if, lease or db");
      }
      String value = decoded(flaw, members.get("encoding"), require(members, "value"));
      Set<String> tags = tagsOfItem(members.get("tags"));
      Entry entry = new Entry(keyReader.key(members), value, ttlMillis(members), tags);
      entries.add(entry);
      if (flaw == Flaw.keepsHalfOfBatches) {
        items.put(entry.key(), entry.value(), entry.ttlMillis(), entry.tags());
      }
    }
    for (Entry entry : entries) {
      items.put(entry.key(), entry.value(), entry.ttlMillis(), entry.tags());
    }
    return "{\"status_code\":200}";
  }

  private String deleteAll(List<String> keys) {
    return done("deleted", keys.stream().filter(items::remove).count());
  }

  private String add(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = keyReader.key(request);
    long by = integer(request.getOrDefault("by", "1"));
    Long ttlMillis = ttlMillis(request);
    String initialWritten = request.get("initial");
    Long initial = initialWritten == null ? null : integer(initialWritten);
    ReferenceItems.Item item = items.item(key);
    if (item == null) {
      if (initial == null) {
        return MISS;
      }
      long first = flaw == Flaw.addsToInitial ? initial + by : initial;
      items.put(key, Long.toString(first), ttlMillis, Set.of());
      return done("value", first);
    }
    boolean isString = item.value().startsWith("\"");
    String digits = isString ? NaiveJson.characters(item.value()) : item.value();
    if (!digits.matches("0|-?[1-9][0-9]{0,18}") || !isLong(new BigInteger(digits))) {
      return CONFLICT;
    }
    BigInteger sum = new BigInteger(digits).add(BigInteger.valueOf(by));
    if (!isLong(sum) && flaw != Flaw.wrapsCounters) {
      return CONFLICT;
    }
    String written = Long.toString(sum.longValue());
    items.replace(key, item, isString ? quoted(written) : written);
    return done("value", sum.longValue());
  }

  // ---- namespaces and tags ----

  static Set<String> tagsOfItem(@Nullable String written) throws RefusedException, SyntaxException {
    return written == null ? Set.of() : Set.copyOf(new HashSet<>(tags(written, MAX_TAGS)));
  }

  private static List<String> tags(@Nullable String written, int max)
      throws RefusedException, SyntaxException {
    List<String> tags = new ArrayList<>();
    for (String element : elements(written)) {
      String tag = text(element);
      int bytes = UTF_8.newEncoder().canEncode(tag) ? tag.getBytes(UTF_8).length : 0;
      if (bytes < 1 || bytes > MAX_TAG_BYTES || tags.size() == max) {
        throw new RefusedException("no such tag, or too many");
      }
      tags.add(tag);
    }
    return tags;
  }

  private String tag(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = keyReader.key(request);
    Set<String> tags = Set.copyOf(new HashSet<>(tags(request.get("tags"), MAX_TAGS)));
    ReferenceItems.Item item = items.item(key);
    if (item == null) {
      return MISS;
    }
    items.tag(key, item, tags);
    return DONE;
  }

  private String clear(Map<String, String> request) throws RefusedException, SyntaxException {
    String written = request.get("tags");
    if ((written == null) == (request.get("namespace") == null)) {
      throw new RefusedException("namespace or tags");
    }
    if (written != null) {
      List<String> tags = tags(written, 1_024);
      if (tags.isEmpty()) {
        throw new RefusedException("no tags");
      }
      items.clearTags(tags);
      return DONE;
    }
    String prefix = prefix(request);
    if (!items.namespaces().containsKey(prefix)) {
      return MISS;
    }
    items.clearNamespace(prefix);
    return DONE;
  }

  private String namespaces(Map<String, String> request) throws RefusedException, SyntaxException {
    String op = text(request.getOrDefault("op", "\"list\""));
    if (op.equals("list")) {
      return items.namespaces().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .map(entry -> listed(entry.getKey(), entry.getValue()))
          .collect(Collectors.joining(",", "{\"status_code\":200,\"namespaces\":[", "]}"));
    }
    String prefix = prefix(request);
    ReferenceItems.Rule before = items.namespaces().get(prefix);
    return switch (op) {
      case "create" -> {
        ReferenceItems.Rule rule = rule(request, new ReferenceItems.Rule(0, 0, 0));
        yield before == null ? declare(prefix, rule) : CONFLICT;
      }
      case "alter" -> {
        ReferenceItems.Rule base = before == null ? new ReferenceItems.Rule(0, 0, 0) : before;
        ReferenceItems.Rule rule = rule(request, base);
        yield before == null ? MISS : declare(prefix, rule);
      }
      case "drop" -> items.namespaces().remove(prefix) == null ? MISS : DONE;
      default -> throw new RefusedException("no such op");
    };
  }

  private static ReferenceItems.Rule rule(Map<String, String> request, ReferenceItems.Rule before)
      throws RefusedException {
    return new ReferenceItems.Rule(
        number(request, "ttl", before.ttlMillis(), MAX_TTL_MILLIS),
        number(request, "max_ttl", before.maxTtlMillis(), MAX_TTL_MILLIS),
        (int) number(request, "jitter", before.jitterPercent(), MAX_JITTER_PERCENT));
  }

  private String listed(String prefix, ReferenceItems.Rule rule) {
    return ("{\"namespace\":%s,\"ttl\":%d,\"max_ttl\":%d,\"jitter\":%d,\"items\":%d,\"bytes\":0,"
            + "\"hits\":0,\"misses\":0,\"sets\":0,\"evicted\":0,\"expired\":0,\"counting\":false}")
        .formatted(
            quoted(prefix),
            rule.ttlMillis(),
            rule.maxTtlMillis(),
            rule.jitterPercent(),
            items.itemsOf(prefix));
  }

  private String declare(String prefix, ReferenceItems.Rule rule) {
    items.namespaces().put(prefix, rule);
    return DONE;
  }

  private static String prefix(Map<String, String> request)
      throws RefusedException, SyntaxException {
    String prefix = text(require(request, "namespace"));
    if (!prefix.matches("[^\\p{Cntrl}]*[!-~&&[^a-zA-Z0-9]]")
        || !UTF_8.newEncoder().canEncode(prefix)
        || prefix.getBytes(UTF_8).length > MAX_TAG_BYTES) {
      throw new RefusedException("no such prefix");
    }
    return prefix;
  }

  private static long number(Map<String, String> request, String name, long absent, long max)
      throws RefusedException {
    String written = request.get(name);
    if (written == null) {
      return absent;
    }
    if (!written.matches("0|[1-9][0-9]{0,15}") || Long.parseLong(written) > max) {
      throw new RefusedException(name + " is out of bounds");
    }
    return Long.parseLong(written);
  }

  private String append(Map<String, String> request, boolean toFront)
      throws RefusedException, SyntaxException {
    String key = keyReader.key(request);
    String value = require(request, "value");
    if (!UTF_8.newEncoder().canEncode(text(value))) {
      throw new RefusedException("half of a surrogate pair");
    }
    byte[] more = bytes(decoded(flaw, request.get("encoding"), value));
    ReferenceItems.Item item = items.item(key);
    if (item == null) {
      return MISS;
    }
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(toFront ? more : bytes(item.value()));
    joined.writeBytes(toFront ? bytes(item.value()) : more);
    items.replace(key, item, kept(joined.toByteArray()));
    return done("length", joined.size());
  }

  private String touch(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = keyReader.key(request);
    Long ttlMillis = ttlMillis(request);
    ReferenceItems.Item item = items.item(key);
    if (item == null) {
      return MISS;
    }
    items.touch(key, item, ttlMillis);
    return "{\"status_code\":200}";
  }

  private String left(String key) {
    reads.accept(key);
    ReferenceItems.Item item = items.item(key);
    if (item == null) {
      return MISS;
    }
    Long left = ReferenceItems.left(item);
    return left == null ? "{\"status_code\":200}" : done("ttl", left);
  }

  /** Walks in the order of hashes, which keys that come and go do not disturb. */
  private String scan(Map<String, String> request) throws RefusedException, SyntaxException {
    String cursor = text(request.getOrDefault("cursor", "\"0\""));
    if (!cursor.matches("0|[1-9][0-9]{0,19}") || new BigInteger(cursor).bitLength() > 64) {
      throw new RefusedException("no such cursor");
    }
    String count = request.getOrDefault("count", "100");
    if (!count.matches("[1-9][0-9]{0,2}|1000")) {
      throw new RefusedException("count is out of bounds");
    }
    String match = text(request.getOrDefault("match", "\"*\""));
    if (!UTF_8.newEncoder().canEncode(match)) {
      throw new RefusedException("half of a surrogate pair");
    }
    if (match.getBytes(UTF_8).length > MAX_MATCH_BYTES) {
      throw new RefusedException("match is too long");
    }
    long position = new BigInteger(cursor).min(MAX).longValue();
    List<String> left =
        items.keys().stream()
            .filter(key -> hash(key) >= position)
            .sorted(Comparator.comparingLong(ReferenceFull::hash))
            .toList();
    int taken = Math.min(left.size(), Integer.parseInt(count));
    while (taken > 0 && taken < left.size() && hash(left.get(taken)) == hash(left.get(taken - 1))) {
      taken++;
    }
    String keys =
        left.subList(0, taken).stream()
            .filter(key -> ReferenceGlob.matches(match, key))
            .map(ReferenceFull::quoted)
            .collect(Collectors.joining(","));
    long next = taken == left.size() ? 0 : hash(left.get(taken));
    return "{\"status_code\":200,\"cursor\":\"%d\",\"keys\":[%s]}".formatted(next, keys);
  }

  private static long hash(String key) {
    return Integer.toUnsignedLong(key.hashCode()) + 1;
  }

  private List<String> keys(Map<String, String> request) throws RefusedException, SyntaxException {
    List<String> keys = new ArrayList<>();
    for (String element : elements(request.get("keys"))) {
      keys.add(keyReader.key(Map.of("key", element)));
    }
    return keys;
  }

  /** The characters of the strings in an array. */
  static List<String> texts(@Nullable String written) throws RefusedException, SyntaxException {
    List<String> texts = new ArrayList<>();
    for (String element : elements(written)) {
      if (!element.startsWith("\"")) {
        throw new RefusedException("not a string");
      }
      texts.add(text(element));
    }
    return texts;
  }

  private static List<String> elements(@Nullable String written)
      throws RefusedException, SyntaxException {
    if (written == null || !written.startsWith("[")) {
      throw new RefusedException("not an array");
    }
    List<String> elements = NaiveJson.elements(written);
    if (elements.size() > MAX_BATCH) {
      throw new RefusedException("too many elements");
    }
    return elements;
  }

  private static @Nullable Long ttlMillis(Map<String, String> request) throws RefusedException {
    String ttl = request.get("ttl");
    return ttl == null ? null : ReferenceSession.ttlMillis(ttl);
  }

  private static long integer(String written) throws RefusedException {
    if (!written.matches("-?[0-9]{1,19}") || !isLong(new BigInteger(written))) {
      throw new RefusedException("no integer of 64 bits");
    }
    return Long.parseLong(written);
  }

  private static boolean isLong(BigInteger number) {
    return number.compareTo(MIN) >= 0 && number.compareTo(MAX) <= 0;
  }

  private static String require(Map<String, String> request, String name) throws RefusedException {
    String written = request.get(name);
    if (written == null) {
      throw new RefusedException(name + " is missing");
    }
    return written;
  }

  private static String text(String written) throws RefusedException, SyntaxException {
    return ReferenceSession.requireText(Map.of("text", written), "text");
  }

  /** The bytes of a value: of a string its characters, of other JSON its text. */
  private static byte[] bytes(String kept) throws SyntaxException {
    if (kept.startsWith(BYTES)) {
      return Base64.getDecoder().decode(kept.substring(BYTES.length()));
    }
    return (kept.startsWith("\"") ? NaiveJson.characters(kept) : kept).getBytes(UTF_8);
  }

  private static String kept(byte[] bytes) {
    try {
      return quoted(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return BYTES + Base64.getEncoder().encodeToString(bytes);
    }
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private static String done(String name, long number) {
    return "{\"status_code\":200,\"" + name + "\":" + number + "}";
  }
}
