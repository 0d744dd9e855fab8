package io.speicher.load;

import org.HdrHistogram.Histogram;

/** Hears how a run goes on. */
interface RunListener {
  void phaseBegins(Phase phase);

  /**
   * A second is over, or the end of the phase came before it was.
   *
   * @param elapsedSeconds since the phase began
   * @param width how long this second was
   * @param latencies those of this second; valid during the call
   * @param soFar all of the phase
   */
  void secondEnds(double elapsedSeconds, double width, Histogram latencies, Recording soFar);

  void phaseEnds();
}
