package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.Ahead;
import io.speicher.dialect.CommandName;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.Plain;
import io.speicher.dialect.QueuedCommands;
import io.speicher.dialect.ReceivedBytes;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Session.Replies;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.util.AbstractList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * RESP2 and RESP3, for a server: commands of Redis on plain keys.
 *
 * <p>The commands of a transaction wait in the {@link Session} as copies, up to {@link
 * Limits#maxFrameBytes} in all, and are parsed one after the other as they are executed.
 */
public final class RespDialect implements Dialect {
  /** What it is called where commands are counted. */
  static final String NAME = "resp";

  private static final int MAX_ECHOED_CHARACTERS = 128;
  private static final String EXEC = "exec";
  private static final CommandName GET = counted("get");
  private static final CommandName SET = counted("set");
  private static final CommandName EXEC_NAME = counted(EXEC);

  private final RespParser parser;
  private final RespShortcut shortcut;
  private final Request request;

  /** Whose command was decoded last; null before the first one. */
  private @Nullable Session session;

  private @Nullable RespWriter writer;
  private @Nullable ReplyBuffer writtenTo;

  /** What was decoded last, if it is a command with as many words as it has to have. */
  private String name = "";

  /** How the reply to what was decoded last is spelled. */
  private Spelling spelling = Spelling.OK;

  /** Whether the peer does not want to hear it. */
  private boolean muted;

  /** Whether what was decoded last is wrong, and makes the transaction impossible. */
  private boolean abortsTransaction;

  /** The transaction that is executed, if that is what was decoded last. */
  private @Nullable QueuedTransaction executed;

  /** In how many batches we are: 2 for the keys of an MGET within a transaction. */
  private int depth;

  public RespDialect(Limits limits) {
    parser = new RespParser(limits.maxFrameBytes());
    shortcut = new RespShortcut(limits.maxKeyBytes(), limits.maxFrameBytes());
    request = new Request(limits);
  }

  private static CommandName counted(String name) {
    return requireNonNull(CommandTable.find(name)).counted();
  }

  // ---- decoding ----

  @Override
  public void lookAhead(ReceivedBytes received, Ahead ahead) {
    if (parser.isBetweenCommands()) {
      shortcut.lookAhead(received, ahead);
    }
  }

  @Override
  public @Nullable Command decode(Plain plain, Session newSession) {
    if (!parser.isBetweenCommands() || !newSession.isOrdinary()) {
      return null;
    }
    begin(newSession);
    if (plain.isSet()) {
      spelling = Spelling.OK;
      name = "set";
      newSession.command(SET);
      return new Command.Set(plain.key(), ValueKind.BYTES, plain.value(), SetOptions.DEFAULT);
    }
    spelling = Spelling.VALUE;
    name = "get";
    newSession.command(GET);
    return new Command.Get(plain.key(), newSession.readingView());
  }

  @Override
  public @Nullable Command decode(ByteBuf in, Session newSession) {
    if (parser.isBetweenCommands()) {
      request.forget(); // A connection may wait long for the rest of the next command.
      spelling = Spelling.OK;
    }
    try {
      if (!parser.parse(in, newSession.needsAuthentication())) {
        parser.rest();
        request.rest();
        return null;
      }
    } catch (ProtocolException e) {
      begin(newSession); // It is the reply to this one that is muted, or not.
      throw e;
    }
    begin(newSession);
    return command(parser.arguments(), newSession);
  }

  /**
   * Begins with a command of this peer. Nothing that lasts is changed before it is answered, so
   * that it can be decoded again.
   */
  private void begin(Session newSession) {
    session = newSession;
    depth = 0;
    if (executed != null) {
      executed.close(); // Its execution failed halfway.
      executed = null;
    }
    abortsTransaction = false;
    muted = newSession.replies() != Replies.ON;
  }

  private Command command(Arguments arguments, Session peer) {
    try {
      peer.command(CommandName.NONE); // Until it is known.
      name = "";
      CommandSpec spec = find(arguments);
      peer.command(spec.counted());
      spec.requireCount(arguments.count());
      name = spec.name();
      if (peer.needsAuthentication() && !spec.has("no_auth")) {
        throw new RefusedException(RefusedException.NOT_AUTHENTICATED);
      }
      if (peer.isSubscribed() && !peer.speaksResp3() && !spec.has(PubSubCommands.SUBSCRIBED)) {
        throw PubSubCommands.refused(spec.name());
      }
      Command command = command(spec, arguments, peer);
      spelling = request.spelling();
      return command;
    } catch (RefusedException e) {
      return refuse(e.reason(), arguments, peer);
    }
  }

  /** What is wrong before it is queued makes the transaction impossible. */
  private Command refuse(String reason, Arguments arguments, Session peer) {
    if (TransactionCommands.isExec(arguments) && arguments.count() > 1) {
      spelling = TransactionCommands.aborted(reason, peer);
      return new Command.Unwatch();
    }
    abortsTransaction = peer.queued() != null;
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

  private Command command(CommandSpec spec, Arguments arguments, Session peer) {
    request.begin(arguments, peer);
    QueuedCommands queued = peer.queued();
    if (queued == null) {
      return spec.parse(request);
    }
    if (spec.has(TransactionCommands.IMMEDIATE)) {
      return TransactionCommands.isExec(arguments) ? execute(peer) : spec.parse(request);
    }
    if (spec.has("no_multi")) {
      throw new RefusedException("ERR Command not allowed inside a transaction");
    }
    peer.executed(CommandName.NONE);
    return TransactionCommands.queue(spec, request, queued);
  }

  private Command execute(Session peer) {
    QueuedCommands queued = requireNonNull(peer.queued());
    if (queued.hasFailed()) {
      return request.answer(new Command.Unwatch(), TransactionCommands.aborted(peer));
    }
    executed = new QueuedTransaction(queued, request, peer);
    return request.answer(new Command.Transaction(executed), TransactionCommands.NOTHING_DONE);
  }

  /** The commands of a transaction, each parsed when it is asked for. */
  private static final class QueuedTransaction extends AbstractList<Command> {
    private final QueuedCommands queued;
    private final Request request;
    private final Session session;
    private boolean hasBegun;
    private Command last = new Command.Ping();
    private String lastName = "";
    private int parsed;

    QueuedTransaction(QueuedCommands queued, Request request, Session session) {
      this.queued = queued;
      this.request = request;
      this.session = session;
      rewind();
    }

    private void rewind() {
      queued.bytes().readerIndex(0);
      parsed = 0;
    }

    /** Cheap for the one that was asked for last, and for the one behind it. */
    @Override
    public Command get(int index) {
      Objects.checkIndex(index, size());
      if (index < parsed - 1) {
        rewind();
      }
      for (; parsed <= index; parsed++) {
        Arguments arguments = Arguments.readFrom(queued.bytes());
        request.begin(arguments, session);
        CommandSpec spec = find(arguments);
        lastName = spec.name();
        session.executed(spec.counted());
        last = parse(spec);
      }
      return last;
    }

    private Command parse(CommandSpec spec) {
      try {
        return spec.parse(request);
      } catch (RefusedException e) {
        return new Command.Malformed(e.reason());
      }
    }

    @Override
    public int size() {
      return queued.count();
    }

    /** From now on the queue ends whatever happens. */
    void begin() {
      hasBegun = true;
    }

    void close() {
      if (hasBegun) {
        session.dropQueued();
      }
    }
  }

  /** Within a transaction, that of the element that is executed. */
  @Override
  public String commandName() {
    return executed != null && depth > 0 ? executed.lastName : name;
  }

  /** Redis's commands are about the node, and clients ask all of them; ours are about all. */
  @Override
  public boolean spansCluster() {
    return commandName().startsWith(SpeicherCommands.PREFIX);
  }

  @Override
  public int missingBytes(ByteBuf in) {
    return parser.missingBytes(in);
  }

  @Override
  public boolean isAtRest() {
    return parser.isBetweenCommands();
  }

  // ---- encoding ----

  @Override
  public void encode(Reply reply, ReplyBuffer out) {
    long start = out.position();
    Replies before = replies();
    if (reply instanceof Reply.Denied denied) {
      deny(denied, writerTo(out));
    } else {
      spelling.spell(reply, writerTo(out));
    }
    if (replies() != before) {
      muted = replies() == Replies.OFF; // It concerns this reply, too.
    }
    mute(out, start);
    if (depth == 0) {
      finish();
    }
  }

  /** What may not be executed cannot be a part of a transaction, nor end one. */
  private void deny(Reply.Denied denied, RespWriter out) {
    if (depth > 0 && executed != null) {
      out.error(TransactionCommands.denied(denied));
    } else if (session != null && session.queued() != null && name.equals(EXEC)) {
      session.dropQueued();
      out.error(TransactionCommands.aborted(Spelling.text(denied, out)));
    } else {
      abortsTransaction = true;
      spelling.spell(denied, out);
    }
  }

  private Replies replies() {
    return session == null ? Replies.ON : session.replies();
  }

  /** What becomes of the session once the command is answered. */
  private void finish() {
    if (session == null) {
      return;
    }
    if (executed != null) {
      session.dropQueued();
      executed = null;
    }
    if (abortsTransaction && session.queued() != null) {
      session.queued().fail();
    }
    session.commandAnswered();
  }

  @SuppressWarnings("ReferenceEquality") // The buffer and the session themselves.
  private RespWriter writerTo(ReplyBuffer out) {
    if (writer == null || writtenTo != out) {
      writer = new RespWriter(out);
      writtenTo = out;
    }
    writer.speakTo(session);
    return writer;
  }

  @Override
  public void push(Reply.Invalidated invalidated, Session receiver, ReplyBuffer out) {
    InvalidationMessages.write(invalidated, receiver, writerTo(out));
  }

  @Override
  public void beginBatch(int size, ReplyBuffer out) {
    long start = out.position();
    writerTo(out).array(size);
    mute(out, start);
    if (depth == 0 && executed != null) {
      executed.begin();
    }
    depth++;
  }

  @Override
  public void turnTo(int index) {
    if (depth == 1 && executed != null) {
      executed.get(index);
      spelling = request.spelling();
    }
  }

  @Override
  public void endBatch(ReplyBuffer out) {
    depth--;
    if (depth == 0) {
      if (executed != null) {
        executed.close();
        executed = null;
        requireNonNull(session).executed(EXEC_NAME);
      }
      finish();
    }
  }

  /** Takes back what was written, unless the peer wants to hear it. */
  private void mute(ReplyBuffer out, long start) {
    if (muted) {
      out.resetTo(start);
    }
  }
}
