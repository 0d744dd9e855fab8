package io.speicher.bench.store;

/** What a thread of a soak does, and how often in a thousand times. */
enum SoakOperation {
  GET(400),
  GET_ALL(20),
  PUT(260),
  PUT_EXPIRING(80),
  PUT_CONDITIONALLY(40),
  APPEND(30),
  PREPEND(10),
  ADD(40),
  COMPARE_AND_SET(30),
  TOUCH(20),
  GET_AND_TOUCH(10),
  DELETE(40),
  DELETE_VERSION(20);

  private static final SoakOperation[] BY_CHANCE = new SoakOperation[1_000];

  private final int perThousand;

  static {
    int next = 0;
    for (SoakOperation operation : values()) {
      for (int i = 0; i < operation.perThousand; i++) {
        BY_CHANCE[next++] = operation;
      }
    }
  }

  SoakOperation(int perThousand) {
    this.perThousand = perThousand;
  }

  static SoakOperation next(XorShift random) {
    return BY_CHANCE[(int) random.below(BY_CHANCE.length)];
  }
}
