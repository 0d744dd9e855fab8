package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Rights.Group;
import io.speicher.dialect.Session;
import io.speicher.dialect.Share;
import io.speicher.dialect.User;
import io.speicher.dialect.json.JsonDialect;
import io.speicher.dialect.memcached.MemcachedBinaryDialect;
import io.speicher.dialect.memcached.MemcachedDialect;
import io.speicher.dialect.resp.CommandRules;
import io.speicher.dialect.resp.RespDialect;
import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply.Denied;
import io.speicher.protocol.json.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Each command of each dialect, as a peer spells it, with each set of groups and each right on its
 * key. The lists of commands are not ours: they come from the tables of the dialects, or from the
 * reference, so that a new command is missed here.
 */
final class RightsMatrixTest {
  private static final String NONE = "-";

  /** So many rights: with each group or without, and the key not at all, read, written or both. */
  private static final int RIGHTS = 32 * 4;

  /**
   * A request, and what it needs.
   *
   * @param needs words: groups, then {@code r} to read the key {@code k} and {@code w} to write it;
   *     {@code early} for what everybody may do
   */
  private record Sample(String name, String needs, ByteBuffer request) {
    boolean needs(String word) {
      return List.of(needs.split(" ", -1)).contains(word);
    }

    Set<Group> groups() {
      return Stream.of(Group.values())
          .filter(group -> needs(group.name().toLowerCase(Locale.ROOT)))
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(Group.class)));
    }
  }

  /** Name, needs, and the words that follow the name. */
  private static final String RESP =
      """
      acl|cat         -          ACL CAT
      acl|deluser     admin      ACL DELUSER u
      acl|dryrun      admin      ACL DRYRUN u GET k
      acl|genpass     -          ACL GENPASS
      acl|getuser     admin      ACL GETUSER u
      acl|help        -          ACL HELP
      acl|list        admin      ACL LIST
      acl|load        admin      ACL LOAD
      acl|log         admin      ACL LOG
      acl|save        admin      ACL SAVE
      acl|setuser     admin      ACL SETUSER u
      acl|users       admin      ACL USERS
      acl|whoami      -          ACL WHOAMI
      append          write,w    APPEND k 1
      auth            early      AUTH u p
      bigkeys         admin      BIGKEYS
      client|caching  -          CLIENT CACHING YES
      client|capa     -          CLIENT CAPA a
      client|getname  -          CLIENT GETNAME
      client|getredir -          CLIENT GETREDIR
      client|help     -          CLIENT HELP
      client|id       -          CLIENT ID
      client|info     -          CLIENT INFO
      client|kill     admin      CLIENT KILL ID 1
      client|list     admin      CLIENT LIST
      client|no-evict admin      CLIENT NO-EVICT ON
      client|no-touch -          CLIENT NO-TOUCH ON
      client|reply    -          CLIENT REPLY ON
      client|setinfo  -          CLIENT SETINFO LIB-NAME a
      client|setname  -          CLIENT SETNAME a
      client|tracking -          CLIENT TRACKING ON
      client|trackinginfo -      CLIENT TRACKINGINFO
      cluster|countkeysinslot scan CLUSTER COUNTKEYSINSLOT 0
      cluster|getkeysinslot scan CLUSTER GETKEYSINSLOT 0 1
      cluster|help    -          CLUSTER HELP
      cluster|info    -          CLUSTER INFO
      cluster|keyslot -          CLUSTER KEYSLOT a
      cluster|myid    -          CLUSTER MYID
      cluster|nodes   -          CLUSTER NODES
      cluster|shards  -          CLUSTER SHARDS
      cluster|slots   -          CLUSTER SLOTS
      command         -          COMMAND
      command|count   -          COMMAND COUNT
      command|docs    -          COMMAND DOCS
      command|getkeys -          COMMAND GETKEYS GET k
      command|getkeysandflags -   COMMAND GETKEYSANDFLAGS GET k
      command|help    -          COMMAND HELP
      command|info    -          COMMAND INFO
      command|list    -          COMMAND LIST
      config|get      admin      CONFIG GET a
      config|help     -          CONFIG HELP
      config|resetstat admin     CONFIG RESETSTAT
      config|rewrite  admin      CONFIG REWRITE
      config|set      admin      CONFIG SET a 1
      copy            write,r,w  COPY k k2
      dbsize          scan       DBSIZE
      debug           admin      DEBUG SLEEP 0
      decr            write,r,w  DECR k
      decrby          write,r,w  DECRBY k 1
      del             write,w    DEL k
      delex           write,w    DELEX k
      delifeq         write,r,w  DELIFEQ k 1
      digest          read,r     DIGEST k
      discard         -          DISCARD
      echo            -          ECHO a
      eval            write      EVAL x 0
      evalsha         write      EVALSHA x 0
      exec            -          EXEC
      exists          read,r     EXISTS k k
      expire          write,w    EXPIRE k 1
      expireat        write,w    EXPIREAT k 1
      expiretime      read,r     EXPIRETIME k
      flushall        clear      FLUSHALL
      flushdb         clear      FLUSHDB
      get             read,r     GET k
      getdel          write,r,w  GETDEL k
      getex           write,r,w  GETEX k PERSIST
      getrange        read,r     GETRANGE k 0 1
      getset          write,r,w  GETSET k 1
      hello           early      HELLO 3
      hotkeys|get     admin      HOTKEYS GET
      hotkeys|help    -          HOTKEYS HELP
      incr            write,r,w  INCR k
      incrby          write,r,w  INCRBY k 1
      incrbyfloat     write,r,w  INCRBYFLOAT k 1
      increx          write,r,w  INCREX k
      info            -          INFO
      keys            scan       KEYS a
      latency|doctor  admin      LATENCY DOCTOR
      latency|help    -          LATENCY HELP
      latency|histogram admin    LATENCY HISTOGRAM
      latency|history admin      LATENCY HISTORY a
      latency|latest  admin      LATENCY LATEST
      latency|reset   admin      LATENCY RESET
      memory|doctor   -          MEMORY DOCTOR
      memory|help     -          MEMORY HELP
      memory|purge    -          MEMORY PURGE
      memory|stats    -          MEMORY STATS
      memory|usage    read,r     MEMORY USAGE k
      mget            read,r     MGET k k
      monitor         admin      MONITOR
      move            write,r,w  MOVE k 1
      mset            write,w    MSET k 1
      msetex          write,w    MSETEX 1 k 1 EX 9
      msetnx          write,w    MSETNX k 1
      multi           -          MULTI
      object|encoding read,r     OBJECT ENCODING k
      object|freq     read,r     OBJECT FREQ k
      object|help     -          OBJECT HELP
      object|idletime read,r     OBJECT IDLETIME k
      object|refcount read,r     OBJECT REFCOUNT k
      persist         write,w    PERSIST k
      pexpire         write,w    PEXPIRE k 1
      pexpireat       write,w    PEXPIREAT k 1
      pexpiretime     read,r     PEXPIRETIME k
      ping            -          PING
      psetex          write,w    PSETEX k 1 1
      pttl            read,r     PTTL k
      quit            early      QUIT
      randomkey       scan       RANDOMKEY
      readonly        -          READONLY
      readwrite       -          READWRITE
      rename          write,r,w  RENAME k k2
      renamenx        write,r,w  RENAMENX k k2
      reset           early      RESET
      role            -          ROLE
      scan            scan       SCAN 0
      script|exists   -        SCRIPT EXISTS a
      script|flush    -         SCRIPT FLUSH
      script|help     -          SCRIPT HELP
      script|load     -          SCRIPT LOAD a
      select          -          SELECT 0
      set             write,w    SET k 1
      setex           write,w    SETEX k 1 1
      setnx           write,w    SETNX k 1
      setrange        write,w    SETRANGE k 0 1
      shutdown        admin      SHUTDOWN
      slowlog|get     admin      SLOWLOG GET
      slowlog|help    -          SLOWLOG HELP
      slowlog|len     admin      SLOWLOG LEN
      slowlog|reset   admin      SLOWLOG RESET
      speicher|clear  clear      SPEICHER CLEAR NAMESPACE n:
      speicher|dbsize scan       SPEICHER DBSIZE
      speicher|drain  admin      SPEICHER DRAIN
      speicher|del    write,w    SPEICHER DEL k STALE 1
      speicher|export read,r     SPEICHER EXPORT k
      speicher|get    write,r,w  SPEICHER GET k LEASE 1
      speicher|help   -          SPEICHER HELP
      speicher|import write,w    SPEICHER IMPORT k v bytes 0
      speicher|namespace admin   SPEICHER NAMESPACE LIST
      speicher|scan   scan       SPEICHER SCAN 0
      speicher|set    write,w    SPEICHER SET k v LEASE 1 TAGS 1 t
      speicher|tag    write,w    SPEICHER TAG k t
      strlen          read,r     STRLEN k
      subscribe       -          SUBSCRIBE __redis__:invalidate
      substr          read,r     SUBSTR k 0 1
      swapdb          clear      SWAPDB 0 1
      time            -          TIME
      touch           read,r     TOUCH k k
      ttl             read,r     TTL k
      type            read,r     TYPE k
      unlink          write,w    UNLINK k
      unsubscribe     -          UNSUBSCRIBE
      unwatch         -          UNWATCH
      wait            -          WAIT 0 0
      watch           -,r        WATCH k
      """;

  private static final String JSON =
      """
      AUTH early      'password':'p'
      GET  read,r     'key':'k'
      SET  write,w    'key':'k','value':1
      DEL  write,w    'key':'k'
      RST  clear      'x':1
      PING -          'x':1
      MGET read,r     'keys':['k']
      MSET write,w    'items':[{'key':'k','value':1}]
      MDEL write,w    'keys':['k']
      INC  read,write,r,w 'key':'k','by':1
      APP  write,w    'key':'k','value':'a'
      PRE  write,w    'key':'k','value':'a'
      TCH  write,w    'key':'k','ttl':1
      TTL  read,r     'key':'k'
      SCN  scan       'x':1
      CNT  scan       'x':1
      INF  -          'x':1
      NOD  -          'x':1
      TRK  -          'mode':'keys'
      TAG  write,w    'key':'k','tags':['t']
      CLR  clear      'namespace':'n:'
      NSP  admin      'x':1
      """;

  private static final String MEMCACHED =
      """
      get             read,r     get k
      gets            read,r     gets k
      gat             read,write,r,w gat 1 k
      gats            read,write,r,w gats 1 k
      set             write,w    set k 0 0 1~1
      add             write,w    add k 0 0 1~1
      replace         write,w    replace k 0 0 1~1
      append          write,w    append k 0 0 1~1
      prepend         write,w    prepend k 0 0 1~1
      cas             write,w    cas k 0 0 1 1~1
      delete          write,w    delete k
      incr            read,write,r,w incr k 1
      decr            read,write,r,w decr k 1
      touch           write,w    touch k 1
      flush_all       clear      flush_all
      verbosity       -          verbosity 1
      version         -          version
      stats           -          stats
      cache_memlimit  -          cache_memlimit 64
      quit            -          quit
      mg              read,r     mg k v
      ms              write,w    ms k 1~1
      md              write,w    md k
      ma              read,write,r,w ma k
      mn              -          mn
      me              read,r     me k
      """;

  /** Code, needs, bytes of extras, whether there is a key. */
  private static final String BINARY =
      """
      00 read,r 0 k
      01 write,w 8 k
      02 write,w 8 k
      03 write,w 8 k
      04 write,w 0 k
      05 read,write,r,w 20 k
      06 read,write,r,w 20 k
      07 - 0 -
      08 clear 0 -
      09 read,r 0 k
      0a - 0 -
      0b - 0 -
      0c read,r 0 k
      0d read,r 0 k
      0e write,w 0 k
      0f write,w 0 k
      10 - 0 -
      11 write,w 8 k
      12 write,w 8 k
      13 write,w 8 k
      14 write,w 0 k
      15 read,write,r,w 20 k
      16 read,write,r,w 20 k
      17 - 0 -
      18 clear 0 -
      19 write,w 0 k
      1a write,w 0 k
      1b - 4 -
      1c read,write,r,w 4 k
      1d read,write,r,w 4 k
      1e read,write,r,w 4 k
      20 - 0 -
      21 early 0 k
      22 early 0 k
      23 read,write,r,w 4 k
      24 read,write,r,w 4 k
      """;

  private final Share share = new Share(new Account(16 << 20, 0));

  // ---- RESP ----

  @Test
  void resp() {
    List<Sample> samples =
        lines(RESP)
            .map(words -> {
              String[] request = words[2].split(" ", -1);
              StringBuilder bytes = new StringBuilder("*" + request.length + "\r\n");
              for (String word : request) {
                bytes.append("$" + word.length() + "\r\n" + word + "\r\n");
              }
              return sample(words, bytes.toString());
            })
            .toList();
    Set<String> all = new TreeSet<>(CommandRules.commands(null));
    for (Group group : Group.values()) {
      all.addAll(CommandRules.commands(group));
    }
    assertThat(names(samples)).isEqualTo(all);
    assertThat(check(samples, () -> new RespDialect(Limits.DEFAULT), true))
        .isEqualTo(all.size() * RIGHTS);
  }

  // ---- framed JSON ----

  /** The reference has a row for each. */
  @Test
  void json() throws IOException {
    List<Sample> samples =
        lines(JSON)
            .map(words -> {
              String json = ("{'command':'" + words[0] + "'," + words[2] + "}").replace('\'', '"');
              byte[] frame =
                  ByteBuffer.allocate(Frame.HEADER_BYTES + json.length())
                      .putInt(json.length())
                      .put(json.getBytes(ISO_8859_1))
                      .array();
              return new Sample(words[0], words[1].replace(',', ' '), ByteBuffer.wrap(frame));
            })
            .toList();
    assertThat(names(samples))
        .isEqualTo(
            matches(
                matches(
                        Files.readString(Path.of("..", "docs", "protocol.md")),
                        "(?m)^\\| (`[^|]*) \\|.*\\| (?:core|full) \\|")
                    .toString(),
                "`([A-Z]+)`"));
    assertThat(check(samples, () -> new JsonDialect(Limits.DEFAULT), false))
        .isEqualTo(samples.size() * RIGHTS);
  }

  // ---- memcached ----

  @Test
  void memcached() throws IOException {
    List<Sample> samples =
        lines(MEMCACHED)
            .map(words -> sample(words, words[2].replace("~", "\r\n") + "\r\n"))
            .toList();
    String page = Files.readString(Path.of("..", "docs", "dialects.md"));
    String text = page.substring(page.indexOf("The text protocol: "));
    Set<String> named =
        matches(text.substring(0, text.indexOf("The old binary")), "`([a-z_]{2,})`");
    named.remove("noreply"); // An option.
    assertThat(names(samples)).isEqualTo(named);
    assertThat(check(samples, () -> new MemcachedDialect(Limits.DEFAULT), false))
        .isEqualTo(samples.size() * RIGHTS);
  }

  /** A code that is not in the list is none. */
  @Test
  void memcachedBinary() {
    List<Sample> samples =
        lines(BINARY)
            .map(words -> {
              String[] parts = words[2].split(" ", -1);
              ByteBuffer request =
                  binary(
                      Integer.parseInt(words[0], 16),
                      Integer.parseInt(parts[0]),
                      parts[1].equals(NONE) ? "" : parts[1]);
              return new Sample(words[0], words[1].replace(',', ' '), request);
            })
            .toList();
    assertThat(check(samples, () -> new MemcachedBinaryDialect(Limits.DEFAULT), false))
        .isEqualTo(samples.size() * RIGHTS);
    for (int code = 0; code < 256; code++) {
      if (!names(samples).contains("%02x".formatted(code))) {
        Command command =
            decode(
                new MemcachedBinaryDialect(Limits.DEFAULT),
                binary(code, 0, ""),
                session(Rights.ALL));
        assertThat(command).as("code %02x", code).isInstanceOf(Command.Malformed.class);
      }
    }
  }

  private static ByteBuffer binary(int code, int extrasBytes, String key) {
    int bodyBytes = extrasBytes + key.length();
    byte[] request = new byte[24 + bodyBytes];
    request[0] = (byte) 0x80;
    request[1] = (byte) code;
    request[3] = (byte) key.length();
    request[4] = (byte) extrasBytes;
    request[11] = (byte) bodyBytes;
    System.arraycopy(key.getBytes(ISO_8859_1), 0, request, 24 + extrasBytes, key.length());
    return ByteBuffer.wrap(request);
  }

  // ---- each with each ----

  /** Asks each sample with each right, and returns how often. */
  private int check(List<Sample> samples, Supplier<Dialect> dialects, boolean isNamed) {
    int cells = 0;
    for (Set<Group> groups : subsets()) {
      for (int onKey = 0; onKey < 4; onKey++) {
        boolean reads = (onKey & 1) != 0;
        boolean writes = (onKey & 2) != 0;
        Rights rights =
            Rights.of(
                groups,
                CommandRules.of(groups).commands(),
                List.of(new Rights.Keys(glob("k*"), reads, writes)));
        for (Sample sample : samples) {
          Session session = session(rights);
          Dialect dialect = dialects.get();
          Command command = decode(dialect, sample.request(), session);
          Access.Refusal refusal = Access.refusal(rights, dialect.commandName(), command);
          assertThat(refusal == null ? null : refusal.denied())
              .as("%s groups=%s reads=%s writes=%s", sample.name(), groups, reads, writes)
              .isEqualTo(expected(sample, groups, reads, writes, isNamed));
          session.close();
          cells++;
        }
      }
    }
    return cells;
  }

  private static @Nullable Denied expected(
      Sample sample, Set<Group> groups, boolean reads, boolean writes, boolean isNamed) {
    if (sample.needs("early")) {
      return null;
    }
    boolean hasNothing = isNamed && groups.isEmpty(); // Not even to ask for its own name.
    if (hasNothing || !groups.containsAll(sample.groups())) {
      return Denied.COMMAND;
    }
    boolean isEnough = (reads || !sample.needs("r")) && (writes || !sample.needs("w"));
    return isEnough ? null : Denied.KEY;
  }

  private static List<Set<Group>> subsets() {
    List<Set<Group>> subsets = new ArrayList<>();
    subsets.add(EnumSet.noneOf(Group.class));
    for (Group group : Group.values()) {
      for (Set<Group> without : List.copyOf(subsets)) {
        Set<Group> with = EnumSet.of(group);
        with.addAll(without);
        subsets.add(with);
      }
    }
    return subsets;
  }

  private Session session(Rights rights) {
    User user = new User("u", rights);
    return new Session(share, () -> user);
  }

  private static Command decode(Dialect dialect, ByteBuffer request, Session session) {
    ByteBuf bytes = Unpooled.wrappedBuffer(request);
    return requireNonNull(dialect.decode(bytes, session));
  }

  // ---- lists ----

  private static Stream<String[]> lines(String table) {
    return table.lines().map(line -> line.strip().split(" +", 3));
  }

  private static Sample sample(String[] words, String request) {
    return new Sample(
        words[0], words[1].replace(',', ' '), ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
  }

  private static Set<String> names(List<Sample> samples) {
    return samples.stream().map(Sample::name).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> matches(String text, String pattern) {
    List<String> found = new ArrayList<>();
    Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
    return new TreeSet<>(found);
  }

  private static Glob glob(String pattern) {
    return new Glob(ByteBuffer.wrap(pattern.getBytes(ISO_8859_1)));
  }
}
