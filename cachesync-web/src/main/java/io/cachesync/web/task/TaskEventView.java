package io.cachesync.web.task;

/**
 * An event as pages show it.
 *
 * @param why in the reader's language, may be empty
 * @param original what an agent or a server said, as it said it, may be empty
 */
record TaskEventView(TaskEvent event, String why, String original) {}
