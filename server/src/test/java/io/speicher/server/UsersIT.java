package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.speicher.server.security.PasswordHash;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server with users from a file, in each dialect. */
final class UsersIT {
  private static final String NO_KEY = "-NOPERM No permissions to access a key\r\n";
  private static final String NO_KEY_JSON =
      "{\"status_code\":403,\"message\":\"the user has no permission for one of the keys\"}";
  private static final String NO_COMMAND_JSON =
      "{\"status_code\":403,\"message\":\"the user has no permission for this command\"}";
  private static final String OK_JSON = "{\"status_code\":200}";
  private static final String WRONGPASS =
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

  private static final String FILE =
      """
      [user.default]
      nopass = true
      keys = ["%R~public:*"]
      groups = ["read"]

      [user.app]
      passwords = ["HASH"]
      keys = ["~app:*", "%R~shared:*"]
      groups = ["read", "write", "scan"]

      [user.ops]
      passwords = ["HASH"]
      keys = ["~*"]
      groups = ["read", "write", "scan", "clear", "admin"]

      [user.gone]
      enabled = false
      passwords = ["HASH"]
      """
          .replace("HASH", PasswordHash.of("sesame").toString());

  @TempDir Path folder;
  @RegisterExtension final Opened opened = new Opened();
  private final CapturedLog log = opened.add(CapturedLog.ofServer());
  private Path file;
  private SpeicherServer server;

  @BeforeEach
  void start() throws IOException {
    file = Files.writeString(folder.resolve("users.toml"), FILE);
    server = opened.start(settings());
  }

  private ServerSettings settings() {
    return TestSettings.of(2, Transport.best()).with(ServerSettings.USERS, Optional.of(file));
  }

  @AfterEach
  void noPasswordIsLogged() {
    assertThat(log.lines())
        .noneMatch(line -> line.contains("sesame") || line.contains("app:") || line.contains("$"));
  }

  // ---- rights ----

  @Test
  void resp() throws IOException {
    RawClient anybody = connect();
    exchange(anybody, "ACL WHOAMI\r\n", "$7\r\ndefault\r\n");
    exchange(anybody, "GET public:1\r\n", "$-1\r\n");
    exchange(anybody, "GET app:1\r\n", NO_KEY);
    exchange(
        anybody,
        "SET public:1 1\r\n",
        "-NOPERM User default has no permissions to run the 'set' command\r\n");
    exchange(anybody, "AUTH gone sesame\r\n", WRONGPASS);
    RawClient app = connect("app");
    exchange(app, "SET app:1 1\r\nGET app:1\r\n", "+OK\r\n$1\r\n1\r\n");
    exchange(app, "GET shared:1\r\nSET shared:1 1\r\n", "$-1\r\n" + NO_KEY);
    exchange(app, "FLUSHALL\r\n", noPermission("flushall"));
    exchange(app, "CONFIG GET maxmemory\r\n", noPermission("config|get"));
    exchange(app, "RESET\r\nACL WHOAMI\r\n", "+RESET\r\n$7\r\ndefault\r\n");
  }

  @Test
  void json() throws IOException {
    RawClient client = connect();
    assertThat(client.ask("{'command':'GET','key':'public:1'}"))
        .isEqualTo("{\"status_code\":404,\"message\":\"no such key\"}");
    assertThat(client.ask("{'command':'GET','key':'app:1'}")).isEqualTo(NO_KEY_JSON);
    assertThat(client.ask("{'command':'RST'}")).isEqualTo(NO_COMMAND_JSON);
    assertThat(client.ask("{'command':'AUTH','user':'app','password':'no'}"))
        .isEqualTo("{\"status_code\":401,\"message\":\"wrong user or password\"}");
    assertThat(client.ask("{'command':'AUTH','user':'app','password':'sesame'}"))
        .isEqualTo(OK_JSON);
    assertThat(client.ask("{'command':'MSET','items':[{'key':'app:1','value':1}]}"))
        .isEqualTo(OK_JSON);
    assertThat(
            client.ask(
                "{'command':'MSET','items':[{'key':'app:2','value':1},{'key':'x','value':1}]}"))
        .isEqualTo(NO_KEY_JSON);
    assertThat(client.ask("{'command':'MGET','keys':['app:1','app:2']}"))
        .contains("\"value\":1")
        .contains("404"); // Nothing was set by the one that was refused.
    assertThat(client.ask("{'command':'RST'}")).isEqualTo(NO_COMMAND_JSON);
  }

  @Test
  void memcached() throws IOException {
    RawClient client = connect();
    exchange(client, "get public:1\r\n", "END\r\n");
    String noKey = "CLIENT_ERROR the user has no permission for one of the keys\r\n";
    String noCommand = "CLIENT_ERROR the user has no permission for this command\r\n";
    exchange(client, "get public:1 app:1\r\n", noKey);
    exchange(client, "set public:1 0 0 1\r\n1\r\n", noCommand);
    exchange(client, "flush_all\r\nmd public:1\r\nmn\r\n", noCommand.repeat(2) + "MN\r\n");
  }

  /** SASL tells who a client is that could do something before. */
  @Test
  void memcachedBinary() throws IOException {
    RawClient client = connect();
    client.send(RawClient.binary(0x00, "app:1", ""));
    assertThat(status(client)).isEqualTo(0x20);
    client.send(RawClient.binary(0x21, "PLAIN", "\0app\0sesame"));
    assertThat(status(client)).isZero();
    client.send(RawClient.binary(0x00, "app:1", ""));
    assertThat(status(client)).isEqualTo(1);
    client.send(RawClient.binary(0x08, "", ""));
    assertThat(status(client)).isEqualTo(0x20);
  }

  /** Nobody learns of keys that they may not read, by whatever finds some. */
  @Test
  void found_onlyWhatMayBeRead() throws IOException {
    RawClient ops = connect("ops");
    RawClient app = connect("app");
    exchange(app, "RANDOMKEY\r\n", "$-1\r\n");
    for (int i = 0; i < 300; i++) {
      exchange(ops, "SET other:" + i + " 1\r\n", "+OK\r\n");
    }
    exchange(app, "RANDOMKEY\r\nKEYS *\r\n", "$-1\r\n*0\r\n");
    exchange(ops, "SET app:1 1\r\nSET shared:1 1\r\n", "+OK\r\n+OK\r\n");
    for (int i = 0; i < 20; i++) {
      app.send("RANDOMKEY\r\n".getBytes(US_ASCII));
      assertThat(line(app) + line(app)).containsAnyOf("app:1", "shared:1");
    }
    exchange(app, "KEYS app*\r\nKEYS other*\r\n", "*1\r\n$5\r\napp:1\r\n*0\r\n");
    assertThat(scan(app)).containsExactlyInAnyOrder("app:1", "shared:1");
    assertThat(scan(ops)).hasSize(302);
    RawClient json = connect();
    assertThat(json.ask("{'command':'AUTH','user':'app','password':'sesame'}")).isEqualTo(OK_JSON);
    assertThat(json.ask("{'command':'SCN','count':1000}"))
        .contains("\"keys\":[")
        .doesNotContain("other");
  }

  private static List<String> scan(RawClient client) throws IOException {
    List<String> keys = new ArrayList<>();
    String cursor = "0";
    do {
      client.send(("SCAN " + cursor + " COUNT 100\r\n").getBytes(US_ASCII));
      line(client);
      line(client);
      cursor = line(client);
      int size = Integer.parseInt(line(client).substring(1));
      for (int i = 0; i < size; i++) {
        line(client);
        keys.add(line(client));
      }
    } while (!cursor.equals("0"));
    return keys;
  }

  /** A command over many keys gives way while its keys are looked at. */
  @Test
  void manyKeys() throws IOException {
    RawClient app = connect("app");
    int keys = 100_000;
    StringBuilder request = new StringBuilder("*" + (keys + 1) + "\r\n$6\r\nEXISTS\r\n");
    for (int i = 0; i < keys; i++) {
      request.append("$9\r\napp:%05d\r\n".formatted(i));
    }
    exchange(app, request.toString(), ":0\r\n");
    String last = "$9\r\nbad:%05d\r\n".formatted(keys - 1);
    exchange(app, request.substring(0, request.length() - last.length()) + last, NO_KEY);
    exchange(app, "PING\r\n", "+PONG\r\n");
  }

  // ---- changes ----

  /** What is set by ACL holds at once, is saved, and is read again. */
  @Test
  void saveAndLoad() throws IOException {
    RawClient ops = connect("ops");
    RawClient app = connect("app");
    exchange(ops, "ACL SETUSER app ~more:*\r\n", "+OK\r\n");
    exchange(app, "SET more:1 1\r\n", "+OK\r\n");
    exchange(ops, "ACL SETUSER new on >sesame +get ~*\r\nACL SAVE\r\n", "+OK\r\n+OK\r\n");
    assertThat(Files.readString(file))
        .contains("keys = [\"~app:*\", \"%R~shared:*\", \"~more:*\"]")
        .contains("[user.new]")
        .doesNotContain("sesame");
    exchange(ops, "ACL SETUSER app resetkeys\r\n", "+OK\r\n");
    exchange(app, "GET more:1\r\n", NO_KEY);
    exchange(ops, "ACL LOAD\r\n", "+OK\r\n");
    exchange(app, "GET more:1\r\n", "$1\r\n1\r\n");
    assertThat(log.lines())
        .contains(
            "INFO user changed name=app by=ops: address=127.0.0.1",
            "INFO user added name=new by=ops: address=127.0.0.1",
            "INFO users saved by=ops: address=127.0.0.1",
            "INFO users loaded by=ops: address=127.0.0.1");
  }

  /** Whoever has changed the file meanwhile does not lose it. */
  @Test
  void save_afterTheFileHasChanged() throws IOException {
    RawClient ops = connect("ops");
    replace(FILE + "[user.late]\n");
    ops.send("ACL SAVE\r\n".getBytes(US_ASCII));
    String reply = line(ops);
    // Either it was read again before, or it is not overwritten.
    assertThat(reply)
        .isIn("+OK", "-ERR the file of users has been changed since it was read: see ACL LOAD");
    assertThat(Files.readString(file)).contains("[user.late]");
  }

  /** Replacing the file is enough. */
  @Test
  void reload() throws IOException {
    RawClient app = connect("app");
    RawClient ops = connect("ops");
    replace(FILE.replace("[user.app]", "[user.other]").replace("\"clear\", ", ""));
    assertThat(app.isAtEnd()).isTrue(); // A user that is gone.
    await()
        .untilAsserted(() ->
            exchange(
                ops,
                "FLUSHALL\r\n",
                "-NOPERM User ops has no permissions to run the 'flushall' command\r\n"));
    exchange(ops, "AUTH app sesame\r\n", WRONGPASS);
    exchange(ops, "AUTH other sesame\r\n", "+OK\r\n");
    assertThat(log.lines()).contains("INFO users reloaded: users=4");
  }

  @Test
  void reload_ofABrokenFile() throws IOException {
    RawClient app = connect("app");
    replace(FILE + "[user.x]\nkeys = 1\n");
    server.reloadFiles();
    await()
        .until(() ->
            log.lines().stream()
                .anyMatch(line ->
                    line.startsWith("SEVERE users not reloaded, those before stay: ")
                        && line.endsWith(":20:1: keys: a list of texts was expected")));
    exchange(app, "SET app:1 1\r\n", "+OK\r\n");
  }

  /** A password that was right within the last minute is not when it is another one. */
  @Test
  void passwordChanged() throws IOException {
    RawClient ops = connect("ops");
    RawClient client = connect("app");
    exchange(client, "AUTH app sesame\r\n", "+OK\r\n");
    exchange(ops, "ACL SETUSER app resetpass >other\r\n", "+OK\r\n");
    exchange(client, "AUTH app sesame\r\n", WRONGPASS);
    exchange(client, "AUTH app other\r\n", "+OK\r\n");
    exchange(ops, "ACL SETUSER app off\r\n", "+OK\r\n");
    exchange(client, "AUTH app other\r\n", WRONGPASS);
    exchange(client, "SET app:1 1\r\n", "+OK\r\n"); // It goes on as who it was.
  }

  @Test
  void start_withABrokenFile() throws IOException {
    replace("[user.a]\nx = 1\n");
    assertThatThrownBy(
            () -> SpeicherServer.start(settings(), new SegmentStore(16 << 20, Ticker.system())))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ":2:1: x: unknown");
  }

  // ---- what is told ----

  @Test
  void killUser() throws IOException {
    RawClient ops = connect("ops");
    RawClient app = connect("app");
    exchange(ops, "CLIENT KILL USER nosuch\r\n", "-ERR No such user 'nosuch'\r\n");
    exchange(ops, "CLIENT KILL USER app\r\n", ":1\r\n");
    assertThat(app.isAtEnd()).isTrue();
  }

  @Test
  void aclLog() throws IOException {
    RawClient ops = connect("ops");
    RawClient app = connect("app");
    exchange(app, "GET secret:1\r\n".repeat(3), NO_KEY.repeat(3));
    exchange(app, "AUTH ops no\r\n", WRONGPASS);
    exchange(ops, "HELLO 3\r\n", "%7\r\n");
    ops.send("ACL LOG\r\nQUIT\r\n".getBytes(US_ASCII));
    String told = new String(ops.rest(), ISO_8859_1);
    assertThat(told)
        .contains("*2\r\n%10\r\n$5\r\ncount\r\n:1\r\n$6\r\nreason\r\n$4\r\nauth\r\n")
        .contains("$8\r\nusername\r\n$3\r\nops\r\n")
        .contains("$5\r\ncount\r\n:3\r\n$6\r\nreason\r\n$3\r\nkey\r\n$7\r\ncontext\r\n")
        .contains("$6\r\nobject\r\n$8\r\nsecret:1\r\n$8\r\nusername\r\n$3\r\napp\r\n")
        .contains("cmd=get user=app");
  }

  /** Administrative commands are told, with nothing that belongs to clients. */
  @Test
  void auditLog() throws IOException {
    RawClient ops = connect("ops");
    exchange(ops, "FLUSHALL\r\nCONFIG RESETSTAT\r\n", "+OK\r\n+OK\r\n");
    exchange(ops, "CLIENT KILL ID 999999\r\n", ":0\r\n");
    exchange(ops, "ACL SETUSER \u00e9\r\n", "-ERR argument is not UTF-8 text: index=2\r\n");
    exchange(ops, "DEBUG SLEEP 0\r\n", "+OK\r\n");
    assertThat(log.lines())
        .containsExactly(
            "INFO administrative command=clear by=ops: address=127.0.0.1",
            "INFO administrative command=reset-counters by=ops: address=127.0.0.1",
            "INFO administrative command=close-connections by=ops: address=127.0.0.1",
            "INFO administrative command=pause by=ops: address=127.0.0.1");
  }

  @Test
  void counters() throws IOException {
    RawClient ops = connect("ops");
    RawClient app = connect("app");
    exchange(app, "GET x\r\nFLUSHALL\r\n", NO_KEY + noPermission("flushall"));
    ops.send("INFO stats\r\nQUIT\r\n".getBytes(US_ASCII));
    Matcher counted =
        Pattern.compile("acl_access_denied_(auth|cmd|key):(\\d+)")
            .matcher(new String(ops.rest(), ISO_8859_1));
    assertThat(counted.results().map(found -> found.group(1) + found.group(2)))
        .containsExactlyInAnyOrder("auth0", "cmd1", "key1");
  }

  // ---- what it takes ----

  private static String noPermission(String command) {
    return "-NOPERM User app has no permissions to run the '" + command + "' command\r\n";
  }

  private void replace(String text) throws IOException {
    Path draft = Files.writeString(folder.resolve("draft"), text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private RawClient connect() throws IOException {
    return opened.add(new RawClient(server.port()));
  }

  private RawClient connect(String user) throws IOException {
    RawClient client = connect();
    exchange(client, "AUTH " + user + " sesame\r\n", "+OK\r\n");
    return client;
  }

  private static void exchange(RawClient client, String request, String reply) throws IOException {
    client.send(request.getBytes(ISO_8859_1));
    assertThat(new String(client.read(reply.length()), ISO_8859_1)).isEqualTo(reply);
  }

  private static String line(RawClient client) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < 2 || line.lastIndexOf("\r\n") != line.length() - 2) {
      line.append((char) client.read(1)[0]);
    }
    return line.substring(0, line.length() - 2);
  }

  private static int status(RawClient client) throws IOException {
    byte[] header = client.read(24);
    client.read(header[11] & 0xFF);
    return header[7];
  }
}
