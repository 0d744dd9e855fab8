package io.speicher.client;

/** What a {@link SpeicherClient.Builder} has decided, all of it valid. */
record Settings(
    Address server,
    long timeoutNanos,
    int connectTimeoutMillis,
    int maxPending,
    int maxFrameBytes) {}
