package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.CCC_Result;

/** What was stored before a clear is never seen after it, though its segments are used again. */
@JCStressTest
@Outcome(id = "-, A, A", expect = ACCEPTABLE, desc = "Both reads before.")
@Outcome(id = "-, A, -", expect = ACCEPTABLE, desc = "One read before, one after.")
@Outcome(id = "-, -, -", expect = ACCEPTABLE, desc = "Both reads after, or after another clear.")
@Outcome(expect = FORBIDDEN, desc = "Torn, foreign or resurrected.")
@State
public class ReadWhileCleared {
  private static final Keys KEYS = Keys.withRoomForFew();

  private final long key = KEYS.next();

  public ReadWhileCleared() {
    KEYS.put(key, 'A');
  }

  @Actor
  public void clearer(CCC_Result r) {
    KEYS.store.clear();
    r.r1 = KEYS.read(key);
    KEYS.churn(key);
  }

  @Actor
  public void reader(CCC_Result r) {
    r.r2 = KEYS.read(key);
    r.r3 = KEYS.read(key);
  }
}
