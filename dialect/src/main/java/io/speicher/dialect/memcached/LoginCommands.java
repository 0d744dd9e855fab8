package io.speicher.dialect.memcached;

import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a peer may say that has to say who it is: {@code set}, of any key, with the value {@code
 * user password}. All else is refused, as memcached does since 1.5.15.
 */
final class LoginCommands extends TextCommands {
  private static final int MAX_BLOCK_BYTES = 2 * Command.Auth.MAX_PASSWORD_BYTES;
  private static final String UNAUTHENTICATED = "CLIENT_ERROR unauthenticated";

  private final Numeral numeral = new Numeral();

  LoginCommands(Line line) {
    super(line, MAX_KEY_BYTES, MAX_BLOCK_BYTES);
  }

  @Override
  @Nullable Command command() {
    boolean isSet =
        line.size() >= 5
            && line.is(0, "set")
            && line.parse(4, 0, numeral)
            && numeral.isInt()
            && numeral.asInt() >= 0
            && numeral.asInt() <= Integer.MAX_VALUE - 2;
    return isSet ? await(numeral.asInt()) : refuse(UNAUTHENTICATED);
  }

  @Override
  Command tooLarge() {
    return refuse(UNAUTHENTICATED);
  }

  @Override
  Command badChunk() {
    return refuse("CLIENT_ERROR bad command line termination");
  }

  @Override
  Command store(ByteBuffer value) {
    int space = 0;
    while (space < value.remaining() && value.get(value.position() + space) != ' ') {
      space++;
    }
    if (space == 0 || space >= value.remaining() - 1) {
      return refuse("CLIENT_ERROR bad authentication token format");
    }
    String user = StandardCharsets.UTF_8.decode(value.slice(value.position(), space)).toString();
    int password = value.position() + space + 1;
    return new Command.Auth(user, value.slice(password, value.limit() - password));
  }

  @Override
  void done(ReplyBuffer out) {
    writeLine("STORED", out);
  }

  @Override
  void denied(Reply.Denied denied, ReplyBuffer out) {
    writeLine("CLIENT_ERROR authentication failure", out);
  }

  @Override
  void miss(ReplyBuffer out) {
    throw impossible("Miss");
  }

  @Override
  void exists(ReplyBuffer out) {
    throw impossible("Exists");
  }

  @Override
  void value(Reply.Value value, ReplyBuffer out) {
    throw impossible("Value");
  }

  @Override
  void count(long number, ReplyBuffer out) {
    throw impossible("Count");
  }

  @Override
  void stats(ServerStats stats, ReplyBuffer out) {
    throw impossible("Stats");
  }

  @Override
  void leased(Reply.Leased leased, ReplyBuffer out) {
    throw impossible("Leased");
  }
}
