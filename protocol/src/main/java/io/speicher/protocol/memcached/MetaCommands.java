package io.speicher.protocol.memcached;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The commands of two letters. */
final class MetaCommands extends TextCommands {
  MetaCommands(Line line, int maxKeyBytes, int maxValueBytes) {
    super(line, maxKeyBytes, maxValueBytes);
  }

  @Override
  @Nullable Command command() {
    return line.at(0, 1) == 'n' ? answering("MN", new Command.Ping()) : refuse("ERROR");
  }

  @Override
  Command store(ByteBuffer value) {
    return refuse("ERROR");
  }

  @Override
  Command tooLarge() {
    return refuse(TOO_LARGE);
  }

  @Override
  void spell(Reply reply, ByteBuf out) {}
}
