package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.speicher.store.PutOptions;
import io.speicher.store.Update;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/** No increment is lost, though the counter moves with each. */
@JCStressTest
@Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "One after the other.")
@Outcome(id = "2, 1, 2", expect = ACCEPTABLE, desc = "The other after the one.")
@Outcome(expect = FORBIDDEN, desc = "An increment was lost.")
@State
public class TwoIncrements {
  private static final Keys KEYS = Keys.withRoomForAll();

  private final long key = KEYS.next();

  public TwoIncrements() {
    KEYS.store.put(Keys.name(key), ByteBuffer.wrap(new byte[] {'0'}), PutOptions.DEFAULT);
  }

  @Actor
  public void first(JJJ_Result r) {
    r.r1 = add(1);
  }

  @Actor
  public void second(JJJ_Result r) {
    r.r2 = add(1);
  }

  @Arbiter
  public void later(JJJ_Result r) {
    r.r3 = add(0);
  }

  private long add(long delta) {
    long[] sum = new long[1];
    KEYS.store.update(
        Keys.name(key),
        old -> {
          sum[0] = old == null ? -1 : old.value().get(old.value().position()) - '0' + delta;
          ByteBuffer text = ByteBuffer.wrap(new byte[] {(byte) ('0' + sum[0])});
          return old == null ? Update.KEEP : Update.Replace.value(old, text);
        });
    return sum[0];
  }
}
