package io.speicher.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.dialect.Rights;
import io.speicher.protocol.Glob;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoredUserTest {
  private static final StoredUser NEW = StoredUser.named("u");

  @Test
  void with_ofPasswords() {
    StoredUser user = NEW.with(">one").with(">two");
    assertThat(user.passwords()).hasSize(2).allMatch(PasswordHash::isSlow);
    assertThat(user.with(">one").passwords()).hasSize(2);
    assertThat(user.with("<one").passwords()).hasSize(1).allMatch(hash -> hash.matches("two"));
    assertThatThrownBy(() -> user.with("<three"))
        .hasMessage("The password you are trying to remove from the user does not exist");
    assertThat(user.with("nopass").passwords()).isEmpty();
    assertThat(user.with("nopass").takesAnyPassword()).isTrue();
    assertThat(user.with("nopass").with("resetpass").takesAnyPassword()).isFalse();
    assertThatThrownBy(() -> user.with(">")).hasMessageContaining("1 to 1024 bytes");
    assertThatThrownBy(() -> user.with(">" + "x".repeat(1_025)))
        .hasMessageContaining("1 to 1024 bytes")
        .hasMessageNotContaining("xx");
  }

  /** A wrong password costs the time of all of them. */
  @Test
  void with_tooManyPasswords() {
    StoredUser user = NEW;
    for (int i = 0; i < StoredUser.MAX_PASSWORDS; i++) {
      user = user.with("#" + Integer.toString(i).repeat(64));
    }
    StoredUser full = user;
    assertThatThrownBy(() -> full.with("#" + "a".repeat(64)))
        .hasMessageStartingWith("too many passwords (expected: up to 4)");
  }

  /** As Redis keeps it; and in our own form, as ACL GETUSER shows it. */
  @Test
  void with_hashes() {
    String redis = "937e8d5fbb48bd4949536cd65b8d35c426b80d2f830c5c308e2cdec422ae2244";
    StoredUser user = NEW.with("#" + redis);
    assertThat(user.passwords()).hasSize(1).allMatch(hash -> hash.matches("test1234"));
    assertThat(user.info().passwords()).containsExactly(redis);
    assertThat(user.with("!" + redis).passwords()).isEmpty();
    String own = PasswordHash.of("sesame", 1).toString();
    assertThat(NEW.with("#" + own).info().passwords()).containsExactly(own);
    assertThatThrownBy(() -> NEW.with("#" + redis.toUpperCase(java.util.Locale.ROOT)))
        .hasMessageStartingWith("The password hash must be exactly 64 characters");
  }

  @Test
  void with_keys() {
    StoredUser user = NEW.with("~a*").with("%R~b*").with("%w~b*").with("%R~c*").with("&chat");
    assertThat(user.info().keys()).containsExactly("~a*", "~b*", "%R~c*");
    assertThatThrownBy(() -> user.with("allkeys").with("~x")).hasMessageContaining("allkeys");
    assertThat(user.with("~*").info().keys()).containsExactly("~*");
    for (String wrong : List.of("%~a", "%X~a", "%RR~a", "%R", "~a b", "(~a)", "x")) {
      assertThatThrownBy(() -> user.with(wrong)).as(wrong).isInstanceOf(RuntimeException.class);
    }
    assertThatThrownBy(() -> user.with("~" + "x".repeat(Glob.MAX_BYTES + 1)))
        .hasMessageStartingWith("pattern too long");
  }

  /** Each key of each command may be compared with each pattern. */
  @Test
  void with_tooManyKeys() {
    StoredUser user = NEW;
    for (int i = 0; i < StoredUser.MAX_KEYS; i++) {
      user = user.with("~" + i);
    }
    StoredUser full = user;
    assertThatThrownBy(() -> full.with("~x")).hasMessageStartingWith("too many key patterns");
  }

  @Test
  void rights() {
    assertThat(StoredUser.withAllRights("u").rights()).isSameAs(Rights.ALL);
    Rights some = NEW.with("%R~r*").with("~b*").with("+get").rights();
    assertThat(some.areAll()).isFalse();
    assertThat(some.include("get")).isTrue();
    assertThat(some.include("set")).isFalse();
    assertThat(some.includeReading(key("r1"))).isTrue();
    assertThat(some.includeWriting(key("r1"))).isFalse();
    assertThat(some.includeWriting(key("b1"))).isTrue();
    assertThat(some.includeReading(key("x"))).isFalse();
    assertThat(NEW.with("%R~*").rights().includeReading(key("x"))).isTrue();
  }

  @Test
  void with_reset() {
    assertThat(NEW.with("on").with("nopass").with("~*").with("+@all").with("reset")).isEqualTo(NEW);
  }

  private static ByteBuffer key(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
