package io.speicher.dialect.resp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LuaTextTest {
  private static final String RELEASE =
      "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return"
          + " 0 end";

  @Test
  void normalized_otherWriting_isTheSame() {
    assertThat(
            LuaText.normalized(
                """
                --[[ A comment
                     of two lines ]]
                if (redis.pcall("GET",KEYS[1])==ARGV[1]) -- Ours?
                then return redis.call("DEL", KEYS[1]);
                else return 0; end
                """))
        .isEqualTo(LuaText.normalized(RELEASE));
  }

  @Test
  void normalized_namesOfLocals_doNotMatter() {
    assertThat(LuaText.normalized("local a, b = f(x) for i, c in ipairs(a) do b = c end"))
        .isEqualTo(LuaText.normalized("local b, a = f(x) for j, k in pairs(b) do a = k end"));
  }

  /** What means something else has another form. */
  @Test
  void normalized_anotherMeaning_isAnother() {
    for (String other :
        new String[] {
          RELEASE.replace("==", "~="),
          RELEASE.replace("'del'", "'unlink'"),
          RELEASE.replace("ARGV[1]", "ARGV[2]"),
          RELEASE.replace("return 0", "return 1"),
          RELEASE.replace("return 0", "return '0'"),
          RELEASE.replace("ARGV[1]", "'ARGV[1]'"),
          RELEASE.replace("if redis", "if not redis"),
          RELEASE.replace("redis.call('get', KEYS[1])", "'redis.call(get, KEYS[1])'"),
          RELEASE + " " + RELEASE,
          "local x = 1 " + RELEASE,
          "",
        }) {
      assertThat(LuaText.normalized(other)).isNotEqualTo(LuaText.normalized(RELEASE));
    }
    assertThat(LuaText.normalized("local a = 1 local b = 2 return a"))
        .isNotEqualTo(LuaText.normalized("local a = 1 local b = 2 return b"));
    assertThat(LuaText.normalized("return redis.call('get', 'A')"))
        .isNotEqualTo(LuaText.normalized("return redis.call('get', 'a')"));
  }
}
