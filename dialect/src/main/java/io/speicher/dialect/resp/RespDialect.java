package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.protocol.Command;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.KeysAhead;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RESP2 and RESP3, for a server: commands of Redis on plain keys.
 *
 * <p>It queues the commands of a transaction itself, as copies, up to {@link Limits#maxFrameBytes}
 * in all and 65,536 of them.
 */
public final class RespDialect implements Dialect {
  private static final String OUT_OF_MEMORY =
      "OOM command not allowed when used memory > 'maxmemory'.";

  private static final int MAX_ECHOED_CHARACTERS = 128;

  private final RespParser parser;
  private final PlainCommand plain;
  private final Session session = new Session();
  private final Request request;
  private final RespWriter writer = new RespWriter(session, Unpooled.EMPTY_BUFFER);

  /** What was decoded last, and how its reply is spelled. */
  private Command current = new Command.Ping();

  private Spelling spelling = Spelling.OK;

  /** How the replies to the commands of a transaction are spelled. */
  private List<Spelling> elements = List.of();

  /** In how many batches we are: 2 for a batch within a transaction. */
  private int depth;

  public RespDialect(Limits limits) {
    parser = new RespParser(limits.maxFrameBytes());
    plain = new PlainCommand(limits.maxKeyBytes(), limits.maxFrameBytes());
    request = new Request(limits, session);
  }

  // ---- decoding ----

  @Override
  public @Nullable Command decode(ByteBuf in) {
    Command command = decodePlain(in);
    return command == null ? decodeAny(in) : command;
  }

  private @Nullable Command decodePlain(ByteBuf in) {
    if (!parser.isBetweenCommands() || !session.isOrdinary() || !plain.take(in)) {
      return null;
    }
    session.beginCommand();
    spelling = plain.isSet() ? Spelling.OK : Spelling.VALUE;
    current =
        plain.isSet()
            ? new Command.Set(plain.key(), ValueKind.BYTES, plain.value(), SetOptions.DEFAULT)
            : new Command.Get(plain.key(), session.readingView());
    return current;
  }

  @Override
  public void lookAhead(ByteBuf in, KeysAhead keys) {
    if (parser.isBetweenCommands()) {
      plain.lookAhead(in, keys);
    }
  }

  private @Nullable Command decodeAny(ByteBuf in) {
    try {
      if (!parser.parse(in)) {
        return null;
      }
    } catch (ProtocolException e) {
      session.beginCommand(); // It is the reply to this one that is muted, or not.
      throw e;
    }
    depth = 0;
    elements = List.of();
    session.beginCommand();
    current = command(parser.arguments());
    return current;
  }

  private Command command(Arguments arguments) {
    try {
      Command command = command(find(arguments), arguments);
      spelling = request.spelling();
      return command;
    } catch (RefusedException e) {
      return refuse(e.reason(), arguments);
    }
  }

  /** What is wrong before it is queued makes the transaction impossible. */
  private Command refuse(String reason, Arguments arguments) {
    Transaction transaction = session.transaction();
    if (TransactionCommands.isExec(arguments) && arguments.count() > 1) {
      session.dropTransaction();
      spelling = TransactionCommands.aborted(reason);
      return new Command.Unwatch();
    }
    if (transaction != null) {
      transaction.fail();
    }
    return new Command.Malformed(reason);
  }

  private static CommandSpec find(Arguments arguments) {
    CommandSpec spec = CommandTable.find(arguments, 0);
    if (spec == null) {
      throw unknown(arguments);
    }
    if (!spec.subcommands().isEmpty() && arguments.count() > 1) {
      CommandSpec subcommand = spec.subcommand(arguments);
      if (subcommand == null) {
        throw spec.unknownSubcommand(arguments);
      }
      spec = subcommand;
    }
    if (!spec.takes(arguments.count())) {
      throw spec.wrongCount();
    }
    return spec;
  }

  /**
   * A browser that a foreign page made send us a form must not get any further: what it sends next
   * could be commands. Redis closes such a connection as well.
   */
  private static RefusedException unknown(Arguments arguments) {
    if (arguments.is(0, "post") || arguments.is(0, "host:")) {
      throw new ProtocolException("ERR Protocol error: this is no HTTP server");
    }
    StringBuilder text = new StringBuilder("ERR unknown command '");
    text.append(arguments.echo(0, MAX_ECHOED_CHARACTERS)).append("', with args beginning with: ");
    int length = 0;
    for (int i = 1; i < arguments.count() && length < MAX_ECHOED_CHARACTERS; i++) {
      String argument = arguments.echo(i, MAX_ECHOED_CHARACTERS - length);
      text.append('\'').append(argument).append("' ");
      length += argument.length() + 3;
    }
    return new RefusedException(text.toString());
  }

  private Command command(CommandSpec spec, Arguments arguments) {
    request.begin(arguments);
    Transaction transaction = session.transaction();
    if (transaction == null) {
      return spec.parse(request);
    }
    if (spec.has(TransactionCommands.IMMEDIATE)) {
      return TransactionCommands.isExec(arguments) ? execute(transaction) : spec.parse(request);
    }
    if (spec.has("no_multi")) {
      throw new RefusedException("ERR Command not allowed inside a transaction");
    }
    transaction.add(arguments);
    return request.answer(Spelling.QUEUED);
  }

  private Command execute(Transaction transaction) {
    if (transaction.hasFailed()) {
      session.dropTransaction();
      return request.answer(new Command.Unwatch(), TransactionCommands.ABORTED);
    }
    session.executeTransaction();
    List<Command> commands = new ArrayList<>(transaction.count());
    List<Spelling> spellings = new ArrayList<>(transaction.count());
    transaction.forEach(arguments -> {
      request.begin(arguments);
      commands.add(parse(find(arguments)));
      spellings.add(request.spelling());
    });
    elements = spellings;
    return request.answer(new Command.Transaction(commands), TransactionCommands.NOTHING_DONE);
  }

  private Command parse(CommandSpec spec) {
    try {
      return spec.parse(request);
    } catch (RefusedException e) {
      return new Command.Malformed(e.reason());
    }
  }

  @Override
  public boolean isAtRest() {
    return parser.isBetweenCommands() && session.isNew();
  }

  @Override
  public void close() {
    session.close();
  }

  // ---- encoding ----

  @Override
  public void encode(Reply reply, ByteBuf out) {
    int start = out.writerIndex();
    writer.writeTo(out);
    if (reply instanceof Reply.Refused refused) {
      writer.error(refused.message());
    } else if (reply instanceof Reply.Failed failed) {
      writer.error(failed.outOfMemory() ? OUT_OF_MEMORY : "ERR " + failed.message());
    } else if (reply instanceof Reply.WrongValue wrong) {
      writer.error(text(wrong));
    } else {
      spelling.spell(reply, writer);
    }
    mute(out, start);
  }

  private static String text(Reply.WrongValue wrong) {
    return switch (wrong) {
      case NOT_AN_INTEGER -> RefusedException.NOT_AN_INTEGER;
      case OVERFLOW -> "ERR increment or decrement would overflow";
      case NOT_A_DECIMAL -> "ERR value is not a valid float";
      case TOO_LONG -> StringCommands.TOO_LONG;
    };
  }

  @Override
  public void beginBatch(int size, ByteBuf out) {
    int start = out.writerIndex();
    depth++;
    if (!(current instanceof Command.Batch)) { // That is one command to the peer.
      writer.writeTo(out);
      writer.array(size);
      mute(out, start);
    }
  }

  @Override
  public void turnTo(int index) {
    if (depth == 1 && current instanceof Command.Transaction) {
      spelling = elements.get(index);
    } else if (current instanceof Command.Batch batch) {
      spelling = index == batch.commands().size() - 1 ? request.spelling() : Spelling.NONE;
    }
  }

  @Override
  public void endBatch(ByteBuf out) {
    depth--;
  }

  /** Takes back what was written, unless the peer wants to hear it. */
  private void mute(ByteBuf out, int start) {
    if (session.isMuted()) {
      out.writerIndex(start);
    }
  }
}
