package io.speicher.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection: writes requests, reads replies, and knows which reply answers what. It belongs to
 * the thread that runs its worker.
 *
 * <p>When a request counts as sent depends on the phase. Without a rate, all requests of a batch
 * are sent when the batch is; with one, each is sent when it was due, however late it really is.
 */
final class Connection implements ReplySink {
  private final int index;
  private final SocketChannel channel;
  private final SelectionKey selectionKey;
  private final Requests requests;
  private final ReplyScanner scanner;
  private final Meter meter;
  private final ServerErrors serverErrors;
  private final ValueCheck valueCheck;
  private final ByteBuffer out;

  /** What was asked for and not answered, by the request's number. */
  private final Operation[] operations;

  private final long[] keys;
  private final int mask;

  private final long[] answeredNow = new long[Operation.ALL.size()];
  private long hits;
  private long misses;
  private long errors;
  private long answers;

  // What the phase sets.

  private Schedule schedule = Schedule.NONE;
  private long batchStartNanos;
  private long sent;
  private long answered;
  private int toWrite;
  private long nowNanos;

  Connection(
      int index,
      SocketChannel channel,
      Selector selector,
      Settings settings,
      Requests requests,
      Meter meter,
      ServerErrors serverErrors)
      throws IOException {
    this.index = index;
    this.channel = channel;
    this.requests = requests;
    this.meter = meter;
    this.serverErrors = serverErrors;
    selectionKey = channel.register(selector, SelectionKey.OP_READ, this);
    scanner = settings.target().protocol().scanner(this, settings);
    valueCheck = new ValueCheck(settings.keyPrefix(), requests.values());
    out = ByteBuffer.allocateDirect(bufferBytes(settings, requests));
    int ring = Integer.highestOneBit(Math.max(1, settings.mostOutstanding() - 1)) * 2;
    operations = new Operation[ring];
    keys = new long[ring];
    mask = ring - 1;
  }

  /** The size of the buffer for requests: it holds all that can be on the way, within reason. */
  static int bufferBytes(Settings settings, Requests requests) {
    long wanted = (long) requests.longestBytes() * settings.mostOutstanding();
    return (int) Math.max(requests.longestBytes(), Math.min(wanted, 64 << 10));
  }

  /** Begins a phase: nothing is on the way. */
  void begin(Schedule newSchedule) {
    schedule = newSchedule;
    sent = 0;
    answered = 0;
    toWrite = 0;
  }

  /** Whether all that was sent is answered. */
  boolean isQuiet() {
    return sent == answered && toWrite == 0;
  }

  /** How many requests have no reply. */
  int outstanding() {
    return (int) (sent - answered) + toWrite;
  }

  // Sending.

  /** Sends so many requests, in one write if the socket takes it. */
  void send(int count, Source source) throws IOException {
    batchStartNanos = System.nanoTime();
    toWrite += count;
    write(source);
  }

  /** Writes what waits to be written, until the socket takes no more. */
  void write(Source source) throws IOException {
    do {
      while (toWrite > 0 && out.remaining() >= requests.longestBytes()) {
        append(source);
      }
      out.flip();
      channel.write(out);
      if (out.hasRemaining()) {
        out.compact();
        selectionKey.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
      out.clear();
    } while (toWrite > 0);
    if (selectionKey.interestOps() != SelectionKey.OP_READ) {
      selectionKey.interestOps(SelectionKey.OP_READ);
    }
  }

  private void append(Source source) {
    Operation operation = source.nextOperation();
    long key = source.nextKey();
    int slot = (int) sent & mask;
    operations[slot] = operation;
    keys[slot] = key;
    requests.put(out, operation, key, operation == Operation.SET ? source.nextCounter() : 0);
    sent++;
    toWrite--;
  }

  // Receiving.

  /**
   * Reads once, and counts the replies.
   *
   * @return how many there were, or -1 if the server has ended the connection
   */
  long read(ByteBuffer in) throws IOException, MalformedReplyException, WrongValueException {
    in.clear();
    if (channel.read(in) < 0) {
      return -1;
    }
    in.flip();
    nowNanos = System.nanoTime();
    answers = 0;
    scanner.scan(in);
    if (answers > 0) {
      countAnswers();
    }
    return answers;
  }

  private void countAnswers() {
    if (!schedule.isPaced()) {
      for (Operation operation : Operation.ALL) {
        long count = answeredNow[operation.index()];
        if (count > 0) {
          meter.record(operation, nowNanos - batchStartNanos, count);
          answeredNow[operation.index()] = 0;
        }
      }
    }
    meter.count(hits, misses, errors);
    hits = 0;
    misses = 0;
    errors = 0;
  }

  @Override
  public Operation expected() throws MalformedReplyException {
    if (answered == sent) {
      throw new MalformedReplyException("a reply that nothing was asked for");
    }
    return operations[(int) answered & mask];
  }

  @Override
  public void replied(Outcome outcome) {
    Operation operation = operations[(int) answered & mask];
    switch (outcome) {
      case DONE -> hits += operation == Operation.GET ? 1 : 0;
      case MISS -> misses += operation == Operation.GET ? 1 : 0;
      case ERROR -> errors++;
    }
    if (schedule.isPaced()) {
      meter.record(operation, nowNanos - schedule.dueNanos(answered), 1);
    } else {
      answeredNow[operation.index()]++;
    }
    answers++;
    answered++;
  }

  @Override
  public void failed(String kind, String message) {
    serverErrors.add(kind, message);
    replied(Outcome.ERROR);
  }

  @Override
  public void value(byte[] bytes, int length) throws WrongValueException {
    valueCheck.check(keys[(int) answered & mask], bytes, length);
  }

  /** When the last read was. */
  long nowNanos() {
    return nowNanos;
  }

  /** Which of its worker's connections it is. */
  int index() {
    return index;
  }

  /** How many replies there were in this phase, for messages. */
  long answered() {
    return answered;
  }

  void close() throws IOException {
    channel.close();
  }
}
