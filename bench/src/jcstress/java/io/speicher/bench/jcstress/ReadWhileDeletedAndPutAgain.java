package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.CCC_Result;

/** What was deleted is gone at once, for the one who deleted it and for all others. */
@JCStressTest
@Outcome(id = "-, A, [AB-]", expect = ACCEPTABLE, desc = "The first read before the deletion.")
@Outcome(id = "-, -, [B-]", expect = ACCEPTABLE, desc = "The first read after the deletion.")
@Outcome(id = "-, B, B", expect = ACCEPTABLE, desc = "Both reads after the second put.")
@Outcome(expect = FORBIDDEN, desc = "Torn, foreign, stale or back in time.")
@State
public class ReadWhileDeletedAndPutAgain {
  private static final Keys KEYS = Keys.withRoomForAll();

  private final long key = KEYS.next();

  public ReadWhileDeletedAndPutAgain() {
    KEYS.put(key, 'A');
  }

  @Actor
  public void writer(CCC_Result r) {
    KEYS.store.delete(Keys.name(key));
    r.r1 = KEYS.read(key);
    KEYS.put(key, 'B');
  }

  @Actor
  public void reader(CCC_Result r) {
    r.r2 = KEYS.read(key);
    r.r3 = KEYS.read(key);
  }
}
