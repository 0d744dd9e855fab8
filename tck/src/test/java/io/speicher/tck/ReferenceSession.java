package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.tck.NaiveJson.Member;
import io.speicher.tck.NaiveJson.SyntaxException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One connection of the reference server: reads frames, executes requests, writes replies. */
final class ReferenceSession {
  private static final int MAX_FRAME_BYTES = 32 << 20;
  private static final int MAX_KEY_BYTES = 65_535;
  private static final long MAX_TTL_MILLIS = 9_007_199_254_740_991L;
  private static final int MAX_PREFIXES = 64;
  private static final int MAX_PREFIX_BYTES = 1_024;
  private static final int DRAIN_MILLIS = 100;
  private static final int HALF_CLOSE_MILLIS = 200;
  private static final Set<String> KNOWN_MEMBERS =
      Set.of(
          "command",
          "key",
          "value",
          "ttl",
          "encoding",
          "if",
          "version",
          "keys",
          "items",
          "by",
          "initial",
          "cursor",
          "count",
          "match",
          "db",
          "lease",
          "early",
          "wait",
          "stale",
          "mode",
          "prefixes",
          "noloop",
          "user",
          "password",
          "tags",
          "namespace",
          "op",
          "max_ttl",
          "jitter");
  private static final long MAX_LEASE_MILLIS = 3_600_000;
  private static final String CONFLICT = "{\"status_code\":409,\"message\":\"not so\"}";
  private static final String OK = "{\"status_code\":200}";
  private static final String MISS = "{\"status_code\":404,\"message\":\"no such key\"}";

  /** A request that is wrong; the message goes into the reply. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private final @Nullable Flaw flaw;
  private final ReferenceItems firstItems;

  /** Those of the database that the present request is about. */
  private ReferenceItems items;

  private ReferenceFull full;
  private final ReentrantLock everybody;
  private final Socket socket;
  private final PushbackInputStream in;
  private final DataOutputStream out;
  private final List<String> heldBack = new ArrayList<>();
  private final Map<String, String> alreadyRead = new HashMap<>();

  /** One request at a time, which makes batches, conditions and counters what they should be. */
  private final Object turn;

  private long firstVisibleItem;

  /** What the client is told of changes; null if it does not want to know. */
  private ReferenceTracking.@Nullable Client tracked;

  /** What it is told behind the reply instead of before it. */
  private List<String> late = List.of();

  ReferenceSession(
      @Nullable Flaw flaw, ReferenceItems items, ReentrantLock everybody, Socket socket)
      throws IOException {
    this.flaw = flaw;
    this.firstItems = items;
    this.items = items;
    this.full = new ReferenceFull(flaw, items, this::key, this::reads);
    this.turn = flaw == Flaw.tearsValues ? new Object() : items;
    this.everybody = everybody;
    this.socket = socket;
    this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
  }

  /** Serves the connection until its end. */
  void run() throws IOException {
    while (true) {
      byte[] head = readHead();
      if (head.length < Integer.BYTES) {
        out.flush();
        return;
      }
      int length = length(head);
      if (length <= 0 || length > MAX_FRAME_BYTES) {
        if (length == 0 && flaw == Flaw.livesOnAfterZeroLength) {
          write(refusal("empty"), false);
          continue;
        }
        endAfterBadLength(length);
        return;
      }
      byte[] payload = readPayload(length);
      if (payload.length < length) {
        out.flush();
        return;
      }
      String reply = reply(payload);
      write(reply, false);
      for (String push : late) {
        write(push, false);
      }
      late = List.of();
      if (flaw == Flaw.closesOn400 && reply.contains(":400,")) {
        out.flush();
        return;
      }
    }
  }

  private byte[] readHead() throws IOException {
    if (flaw != Flaw.needsWholeReads) {
      return in.readNBytes(Integer.BYTES);
    }
    byte[] head = new byte[Integer.BYTES];
    int got = in.read(head);
    return got == Integer.BYTES ? head : new byte[0];
  }

  private int length(byte[] head) {
    int length = ByteBuffer.wrap(head).getInt();
    return flaw == Flaw.littleEndianLengths ? Integer.reverseBytes(length) : length;
  }

  private byte[] readPayload(int length) throws IOException {
    if (flaw == Flaw.blocksWhileReading) {
      everybody.lock();
      try {
        return in.readNBytes(length);
      } finally {
        everybody.unlock();
      }
    }
    if (flaw == Flaw.needsWholeReads && length < 4_096) {
      byte[] payload = new byte[length];
      return in.read(payload) == length ? payload : new byte[0];
    }
    return in.readNBytes(length);
  }

  private void endAfterBadLength(int length) throws IOException {
    if (flaw == Flaw.hangsOnBadLengths) {
      in.skipNBytes(Integer.toUnsignedLong(length) + 1);
    }
    if (flaw != Flaw.silentOnBadLengths) {
      write(refusal("the length cannot be"), true);
    }
    out.flush();
    socket.shutdownOutput();
    socket.setSoTimeout(DRAIN_MILLIS);
    try {
      in.skipNBytes(Long.MAX_VALUE);
    } catch (EOFException | SocketTimeoutException e) {
      // The client has ended the connection too, or has had its time.
    }
  }

  /** Writes a reply and flushes it: part of another frame may be here whose rest never comes. */
  private void write(String reply, boolean last) throws IOException {
    heldBack.add(reply);
    boolean more = !last && in.available() > 0;
    if (flaw == Flaw.answersOutOfOrder) {
      if (more) {
        return;
      }
      heldBack.add(0, heldBack.remove(heldBack.size() - 1));
    }
    if (flaw == Flaw.dropsRepliesOnHalfClose && (more || endFollows())) {
      return;
    }
    if (flaw == Flaw.blocksWhileWriting) {
      everybody.lock();
    }
    try {
      for (String ready : heldBack) {
        writeFrame(ready.getBytes(UTF_8));
      }
      heldBack.clear();
      out.flush();
    } finally {
      if (flaw == Flaw.blocksWhileWriting) {
        everybody.unlock();
      }
    }
  }

  private void writeFrame(byte[] payload) throws IOException {
    int length = payload.length;
    out.writeInt(flaw == Flaw.littleEndianLengths ? Integer.reverseBytes(length) : length);
    out.write(payload);
  }

  /** Waits a moment, after several requests in one go, for the end of what the client sends. */
  private boolean endFollows() throws IOException {
    if (heldBack.size() < 3) {
      return false;
    }
    socket.setSoTimeout(HALF_CLOSE_MILLIS);
    try {
      int next = in.read();
      if (next >= 0) {
        in.unread(next);
      }
      return next < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(0);
    }
  }

  private String reply(byte[] payload) throws IOException {
    if (flaw == Flaw.failsAboveOneMebibyte && payload.length > 1 << 20) {
      return "{\"status_code\":503,\"message\":\"too large\"}";
    }
    try {
      List<Member> members = NaiveJson.members(text(payload), rules());
      synchronized (turn) {
        firstItems.expire();
        if (tracked != null) {
          if (flaw == Flaw.tellsTooLate) {
            late = tracked.take();
          } else {
            heldBack.addAll(tracked.take());
          }
        }
        items.tracking().executes(tracked);
        return execute(members);
      }
    } catch (SyntaxException e) {
      if (flaw == Flaw.closesOnDeepNesting && "too deep".equals(e.getMessage())) {
        throw new IOException("the stack is exhausted", e);
      }
      return refusal(e.getMessage());
    } catch (RefusedException e) {
      return refusal(e.getMessage());
    }
  }

  private NaiveJson.Rules rules() {
    int depth = flaw == Flaw.nestsTooFew ? 511 : flaw == Flaw.nestsTooMany ? 513 : 512;
    return new NaiveJson.Rules(
        flaw == Flaw.acceptsLenientJson, flaw == Flaw.acceptsTrailingBytes, depth);
  }

  private String text(byte[] payload) throws SyntaxException {
    if (flaw == Flaw.acceptsInvalidUtf8) {
      return new String(payload, UTF_8);
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      throw new SyntaxException("not UTF-8");
    }
  }

  private static String refusal(@Nullable String message) {
    return "{\"status_code\":400,\"message\":\"" + message + "\"}";
  }

  private String execute(List<Member> members) throws RefusedException, SyntaxException {
    Map<String, String> request = new HashMap<>();
    for (Member member : members) {
      if (flaw == Flaw.refusesUnknownMembers && !KNOWN_MEMBERS.contains(member.name())) {
        throw new RefusedException("unknown member");
      }
      if (flaw == Flaw.keepsFirstDuplicate) {
        request.putIfAbsent(member.name(), member.value());
      } else {
        request.put(member.name(), member.value());
      }
    }
    turnTo(request.getOrDefault("db", "0"));
    String command = requireText(request, "command");
    return switch (flaw == Flaw.foldsCase ? command.toUpperCase(Locale.ROOT) : command) {
      case "SET" -> set(request);
      case "GET" ->
          request.containsKey("lease")
              ? getOrLease(request)
              : get(key(request), ReferenceFull.wantsVersion(request));
      case "DEL" -> request.containsKey("stale") ? makeStale(request) : deleteIf(request);
      case "TRK" -> track(request);
      case "RST" -> reset();
      case "PING", "AUTH" -> OK; // It asks for no password.
      case "INF" ->
          "{\"status_code\":200,\"items\":%d,\"features\":[\"db\",\"lease\",\"tracking\",\"namespaces\",\"tags\"]}"
              .formatted(items.keys().size());
      case "NOD" ->
          "{\"status_code\":200,\"nodes\":[],\"ranges\":[]}"; // It is no node of a cluster.
      default -> full.execute(command, request);
    };
  }

  private void turnTo(String database) throws RefusedException {
    if (!database.matches("[0-9]|1[0-5]")) {
      throw new RefusedException("no such database");
    }
    int number = flaw == Flaw.ignoresDatabases ? 0 : Integer.parseInt(database);
    items = firstItems.database(number);
    full = new ReferenceFull(flaw, items, this::key, this::reads);
  }

  private String set(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = key(request);
    alreadyRead.remove(key);
    String value = request.get("value");
    if (value == null) {
      throw new RefusedException("value is missing");
    }
    value = ReferenceFull.decoded(flaw, request.get("encoding"), value);
    String ttl = request.get("ttl");
    boolean isPlain = !request.containsKey("if") && !request.containsKey("lease");
    if (flaw == Flaw.executesBadRequests && isPlain) {
      items.put(key, value, null, Set.of());
    }
    Long ttlMillis = ttl == null ? null : ttlMillis(ttl);
    Set<String> tags = ReferenceFull.tagsOfItem(request.get("tags"));
    String refusal =
        request.containsKey("lease")
            ? unmetLease(key, request, tags)
            : full.unmet(key, request.get("if"));
    if (refusal != null) {
      return refusal;
    }
    if (flaw == Flaw.deletesOnNull && value.equals("null")) {
      items.remove(key);
      return OK;
    }
    items.put(key, value, ttlMillis, tags);
    return OK;
  }

  private @Nullable String unmetLease(String key, Map<String, String> request, Set<String> tags)
      throws RefusedException, SyntaxException {
    String lease = requireText(request, "lease");
    if (!lease.matches("[1-9][0-9]{0,18}")
        || new BigInteger(lease).bitLength() > 63
        || request.containsKey("if")) {
      throw new RefusedException("no such lease");
    }
    items.leases().endIfCleared(key, tags);
    return items.leases().isHeld(key, Long.parseLong(lease)) ? null : CONFLICT;
  }

  /** It may answer sooner than a client is ready to wait. */
  private String getOrLease(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = key(request);
    long leaseMillis = millis(request, "lease", 1, MAX_LEASE_MILLIS);
    long earlyMillis = millis(request, "early", 0, MAX_TTL_MILLIS);
    millis(request, "wait", 0, MAX_LEASE_MILLIS);
    String reply = get(key, ReferenceFull.wantsVersion(request));
    ReferenceItems.Item item = items.item(key);
    Long left = item == null ? null : ReferenceItems.left(item);
    boolean isStale = items.leases().isStale(key);
    boolean isEarly = left != null && left < earlyMillis && flaw != Flaw.ignoresEarly;
    String more = isStale ? ",\"stale\":true" : "";
    if (item == null || isStale || isEarly) {
      long lease = items.leases().ask(key, leaseMillis);
      more += lease == 0 ? "" : ",\"lease\":\"" + lease + "\"";
    }
    return reply.substring(0, reply.length() - 1) + more + "}";
  }

  private static long millis(Map<String, String> request, String name, long least, long most)
      throws RefusedException {
    String written = request.getOrDefault(name, Long.toString(least));
    if (!written.matches("0|[1-9][0-9]{0,15}")
        || Long.parseLong(written) < least
        || Long.parseLong(written) > most) {
      throw new RefusedException(name + " is not an integer in range");
    }
    return Long.parseLong(written);
  }

  private String makeStale(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = key(request);
    long staleMillis = millis(request, "stale", 1, MAX_TTL_MILLIS);
    ReferenceItems.Item item = items.item(key);
    if ("\"absent\"".equals(request.get("if"))) {
      throw new RefusedException("nothing to delete if absent");
    }
    if (item == null || flaw == Flaw.forgetsStaleValues) {
      return deleteIf(request);
    }
    String refusal = full.unmet(key, request.get("if"));
    if (refusal != null) {
      return refusal;
    }
    Long left = ReferenceItems.left(item);
    items.touch(key, item, left == null ? staleMillis : Math.min(left, staleMillis));
    items.leases().makeStale(key);
    return OK;
  }

  private String track(Map<String, String> request) throws RefusedException, SyntaxException {
    String mode = requireText(request, "mode");
    String noLoop = request.getOrDefault("noloop", "false");
    boolean isByPrefix = mode.equals("prefixes");
    if (!Set.of("keys", "prefixes", "off").contains(mode)
        || !Set.of("true", "false").contains(noLoop)
        || (request.containsKey("prefixes") && !isByPrefix)) {
      throw new RefusedException("no such mode");
    }
    List<String> prefixes = isByPrefix ? new ArrayList<>() : null;
    if (prefixes != null && request.containsKey("prefixes")) {
      prefixes.addAll(ReferenceFull.texts(request.get("prefixes")));
      if (prefixes.size() > MAX_PREFIXES || !prefixes.stream().allMatch(this::isPrefix)) {
        throw new RefusedException("no such prefix, or too many");
      }
    }
    if (tracked != null) {
      items.tracking().remove(tracked);
      tracked = null;
    }
    if (!mode.equals("off")) {
      tracked = new ReferenceTracking.Client(prefixes, noLoop.equals("true"));
      items.tracking().add(tracked);
    }
    return OK;
  }

  private boolean isPrefix(String prefix) {
    return UTF_8.newEncoder().canEncode(prefix)
        && prefix.getBytes(UTF_8).length <= MAX_PREFIX_BYTES;
  }

  static long ttlMillis(String ttl) throws RefusedException {
    if (!ttl.matches("[1-9][0-9]{0,15}") || Long.parseLong(ttl) > MAX_TTL_MILLIS) {
      throw new RefusedException("ttl is not an integer in range");
    }
    return Long.parseLong(ttl);
  }

  /** A key is about to be read. */
  void reads(String key) {
    if (tracked != null) {
      tracked.reads(key);
    }
  }

  private String get(String key, boolean version) {
    reads(key);
    String value = items.get(key, firstVisibleItem);
    if (flaw == Flaw.cachesReads && alreadyRead.containsKey(key)) {
      value = alreadyRead.get(key);
    }
    if (value == null) {
      return MISS;
    }
    alreadyRead.put(key, value);
    return full.found(key, value, version);
  }

  private String deleteIf(Map<String, String> request) throws RefusedException, SyntaxException {
    return delete(key(request), request.get("if"));
  }

  private String delete(String key, @Nullable String condition)
      throws RefusedException, SyntaxException {
    if ("\"absent\"".equals(condition)) {
      throw new RefusedException("nothing to delete if absent");
    }
    String refusal = full.unmet(key, condition);
    if (refusal != null && !refusal.equals(MISS)) {
      return refusal;
    }
    alreadyRead.remove(key);
    if (items.remove(key)) {
      return OK;
    }
    if (flaw == Flaw.answersTwice) {
      heldBack.add(MISS);
    }
    return MISS;
  }

  private String reset() {
    alreadyRead.clear();
    if (flaw == Flaw.resetsOwnConnectionOnly) {
      firstVisibleItem = items.nextNumber();
    } else if (flaw != Flaw.ignoresRst) {
      items.clear();
    }
    return OK;
  }

  private String key(Map<String, String> request) throws RefusedException, SyntaxException {
    String key = requireText(request, "key");
    if (key.isEmpty() && flaw != Flaw.acceptsEmptyKey) {
      throw new RefusedException("key is empty");
    }
    if (!UTF_8.newEncoder().canEncode(key) && flaw != Flaw.acceptsHalvesInKeys) {
      throw new RefusedException("key holds half of a surrogate pair");
    }
    if (keyLength(key, request.getOrDefault("key", "")) > MAX_KEY_BYTES) {
      throw new RefusedException("key is too long");
    }
    if (flaw == null) {
      return key;
    }
    return switch (flaw) {
      case comparesKeysBySpelling -> request.getOrDefault("key", "");
      case foldsCase -> key.toLowerCase(Locale.ROOT);
      case normalisesUnicode -> Normalizer.normalize(key, Normalizer.Form.NFC);
      case truncatesKeys -> key.substring(0, Math.min(255, key.length()));
      default -> key;
    };
  }

  private int keyLength(String key, String spelled) {
    if (flaw == Flaw.countsKeysBySpelling) {
      return spelled.length() - 2;
    }
    return flaw == Flaw.countsKeysInCharacters ? key.length() : key.getBytes(UTF_8).length;
  }

  static String requireText(Map<String, String> request, String name)
      throws RefusedException, SyntaxException {
    String written = request.get(name);
    if (written == null || !written.startsWith("\"")) {
      throw new RefusedException(name + " is not a string");
    }
    return NaiveJson.characters(written);
  }
}
