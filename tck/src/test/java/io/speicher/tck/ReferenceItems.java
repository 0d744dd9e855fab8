package io.speicher.tck;

import io.speicher.tck.NaiveJson.Member;
import io.speicher.tck.NaiveJson.SyntaxException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The items of the reference server: a map from keys to values as they were written. */
final class ReferenceItems {
  static final int DATABASES = 16;

  private static final Pattern STRING_OR_NUMBER =
      Pattern.compile("\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|-?\\d[\\d.eE+-]*+");
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]..|(\\\\u[dD][89a-fA-F]..)|\\\\.");

  /** A large value stays torn for as long as a slow copy would take, so that readers see it. */
  private static final long TEAR_NANOS_PER_CHARACTER = 200;

  /** An item; those without a time to live expire at the end of time. */
  record Item(String value, long expiryMillis, long number, Set<String> tags) {}

  /** How long items of a namespace live; 0 stands for as long as they are told. */
  record Rule(long ttlMillis, long maxTtlMillis, int jitterPercent) {}

  private final @Nullable Flaw flaw;
  private final Map<String, Item> items = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong(1);
  private final ReferenceLeases leases;
  private final ReferenceTracking tracking;

  /** This one and the items of the other databases. */
  private final ReferenceItems[] databases;

  /** Of all databases. */
  private final Map<String, Rule> namespaces;

  ReferenceItems(@Nullable Flaw flaw) {
    this(
        flaw,
        new ReferenceItems[DATABASES],
        new ConcurrentHashMap<>(),
        new ReferenceTracking(flaw));
    for (int number = 1; number < DATABASES; number++) {
      databases[number] = new ReferenceItems(flaw, databases, namespaces, tracking);
    }
    databases[0] = this;
  }

  private ReferenceItems(
      @Nullable Flaw flaw,
      ReferenceItems[] databases,
      Map<String, Rule> namespaces,
      ReferenceTracking tracking) {
    this.namespaces = namespaces;
    this.flaw = flaw;
    this.databases = databases;
    this.tracking = tracking;
    leases = new ReferenceLeases(flaw);
  }

  ReferenceLeases leases() {
    return leases;
  }

  ReferenceTracking tracking() {
    return tracking;
  }

  private void changed(String key) {
    leases.changed(key);
    tracking.changed(key);
  }

  ReferenceItems database(int number) {
    return databases[number];
  }

  // ---- namespaces and tags ----

  Map<String, Rule> namespaces() {
    return namespaces;
  }

  private @Nullable String namespace(String key) {
    return namespaces.keySet().stream()
        .filter(key::startsWith)
        .max(Comparator.comparingInt(String::length))
        .orElse(null);
  }

  /** How many items a namespace has, in all databases. */
  long itemsOf(String prefix) {
    return Arrays.stream(databases)
        .flatMap(database -> database.keys().stream())
        .filter(key -> prefix.equals(namespace(key)))
        .count();
  }

  void clearNamespace(String prefix) {
    clearThose(entry ->
        flaw == Flaw.clearsInnerNamespaces
            ? entry.getKey().startsWith(prefix)
            : prefix.equals(namespace(entry.getKey())));
    for (ReferenceItems database : databases) {
      database.leases.removeIf(key -> prefix.equals(namespace(key)));
    }
  }

  void clearTags(List<String> tags) {
    Set<String> cleared = Set.copyOf(flaw == Flaw.clearsFirstTagOnly ? tags.subList(0, 1) : tags);
    clearThose(entry -> !Collections.disjoint(entry.getValue().tags(), cleared));
    for (ReferenceItems database : databases) {
      database.leases.tagsCleared(cleared);
    }
  }

  private void clearThose(Predicate<Map.Entry<String, Item>> filter) {
    for (ReferenceItems database : databases) {
      if (flaw != Flaw.clearsOneDatabase || database.equals(databases[0])) {
        database.items.entrySet().stream()
            .filter(filter)
            .map(Map.Entry::getKey)
            .toList()
            .forEach(database::remove);
      }
    }
  }

  void tag(String key, Item old, Set<String> tags) {
    items.put(key, new Item(old.value(), old.expiryMillis(), old.number(), tags));
    tracking.changed(key);
  }

  /** The tags of an item that is changed. */
  private Set<String> kept(Item old) {
    return flaw == Flaw.losesTagsOnChange ? Set.of() : old.tags();
  }

  /** When an item expires that is told so, by the rule of its namespace. */
  private long expiry(String key, @Nullable Long ttlMillis) {
    String namespace = namespace(key);
    Rule rule = namespace == null ? null : namespaces.get(namespace);
    if (rule == null) {
      return ttlMillis == null ? Long.MAX_VALUE : expiryIn(ttlMillis);
    }
    long given = ttlMillis != null ? ttlMillis : rule.ttlMillis();
    long longest = flaw == Flaw.ignoresLongestTtl ? 0 : rule.maxTtlMillis();
    long ttl = longest > 0 && (given == 0 || given > longest) ? longest : given;
    return ttl == 0 ? Long.MAX_VALUE : expiryIn(shortened(ttl, rule.jitterPercent()));
  }

  /** Removes what has expired, of all databases: who tracks it is told. */
  void expire() {
    for (ReferenceItems database : databases) {
      database.items.entrySet().stream()
          .filter(entry -> nowMillis() >= entry.getValue().expiryMillis())
          .map(Map.Entry::getKey)
          .toList()
          .forEach(database::expired);
    }
  }

  private void expired(String key) {
    items.remove(key);
    leases.expired(key);
    tracking.changed(key);
  }

  private static long shortened(long ttlMillis, int jitterPercent) {
    long most = ttlMillis / 100 * jitterPercent;
    return ttlMillis - (most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most + 1));
  }

  // ---- items ----

  void put(String key, String value, @Nullable Long ttlMillis, Set<String> given)
      throws SyntaxException {
    long expiry = expiry(key, ttlMillis);
    Set<String> tags = flaw == Flaw.ignoresTags ? Set.of() : given;
    Item old = items.get(key);
    if (flaw == Flaw.ignoresTtl) {
      expiry = Long.MAX_VALUE;
    }
    if (flaw == Flaw.keepsOldTtl && old != null && ttlMillis == null) {
      expiry = old.expiryMillis();
    }
    if (flaw == Flaw.keepsOldTags && old != null && tags.isEmpty()) {
      tags = old.tags();
    }
    long number = numbers.getAndIncrement();
    if (flaw == Flaw.keepsVersions && old != null) {
      number = old.number();
    }
    if (flaw == Flaw.tearsValues && old != null && old.value().length() == value.length()) {
      int half = value.length() / 2;
      String torn = value.substring(0, half) + old.value().substring(half);
      items.put(key, new Item(torn, expiry, numbers.getAndIncrement(), tags));
      LockSupport.parkNanos(2_000_000 + value.length() * TEAR_NANOS_PER_CHARACTER);
    }
    items.put(key, new Item(kept(value), expiry, number, tags));
    changed(key);
  }

  @Nullable String get(String key, long firstVisible) {
    Item item = items.get(key);
    if (item == null || item.number() < firstVisible || nowMillis() >= item.expiryMillis()) {
      return null;
    }
    return item.value();
  }

  /** The item as it is, or null. */
  @Nullable Item item(String key) {
    Item item = items.get(key);
    return item == null || nowMillis() >= item.expiryMillis() ? null : item;
  }

  /** Gives an item that is there another value; its time to live stays. */
  void replace(String key, Item old, String value) {
    long expiry = flaw == Flaw.ttlEndsWithAppend ? Long.MAX_VALUE : old.expiryMillis();
    long number = flaw == Flaw.keepsVersions ? old.number() : numbers.getAndIncrement();
    items.put(key, new Item(value, expiry, number, kept(old)));
    changed(key);
  }

  void touch(String key, Item old, @Nullable Long ttlMillis) {
    long expiry = expiry(key, ttlMillis);
    items.put(key, new Item(old.value(), expiry, old.number(), kept(old)));
    tracking.changed(key);
  }

  /** The milliseconds that an item has left, or null. */
  static @Nullable Long left(Item item) {
    return item.expiryMillis() == Long.MAX_VALUE ? null : item.expiryMillis() - nowMillis();
  }

  List<String> keys() {
    return items.keySet().stream().filter(key -> item(key) != null).sorted().toList();
  }

  boolean remove(String key) {
    Item item = items.remove(key);
    changed(key);
    return item != null && nowMillis() < item.expiryMillis();
  }

  void clear() {
    items.clear();
    leases.cleared();
    tracking.cleared();
  }

  long nextNumber() {
    return numbers.get();
  }

  private long expiryIn(long ttlMillis) {
    return nowMillis() + (flaw == Flaw.ttlInSeconds ? ttlMillis * 1_000 : ttlMillis);
  }

  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** The value as this server keeps it: as it came, but for the flaws. */
  private String kept(String value) throws SyntaxException {
    if (flaw == Flaw.losesNumberText && !value.startsWith(ReferenceFull.BYTES)) {
      return STRING_OR_NUMBER.matcher(value).replaceAll(ReferenceItems::asDouble);
    }
    if (flaw == Flaw.losesHalvesInValues) {
      return ESCAPE.matcher(value).replaceAll(ReferenceItems::withoutHalf);
    }
    if (flaw == Flaw.losesDuplicatesInValues && value.startsWith("{")) {
      Map<String, String> members = new LinkedHashMap<>();
      for (Member member : NaiveJson.members(value, new NaiveJson.Rules(false, false, 512))) {
        members.put(member.name(), member.written());
      }
      return members.values().stream().collect(Collectors.joining(",", "{", "}"));
    }
    return value;
  }

  private static String asDouble(MatchResult token) {
    if (token.group().startsWith("\"")) {
      return Matcher.quoteReplacement(token.group());
    }
    double number = Double.parseDouble(token.group());
    boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
    return whole ? Long.toString((long) number) : Double.toString(number);
  }

  private static String withoutHalf(MatchResult escape) {
    return Matcher.quoteReplacement(escape.group(1) == null ? escape.group() : "\\ufffd");
  }
}
