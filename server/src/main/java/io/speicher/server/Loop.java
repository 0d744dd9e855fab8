package io.speicher.server;

/** What the connections of an event loop share: only its thread uses it. */
record Loop(CommandExecutor executor, Dialects dialects, Inbox inbox, Outbox outbox, Turn turn) {}
