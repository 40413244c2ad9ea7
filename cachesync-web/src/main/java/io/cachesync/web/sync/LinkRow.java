package io.cachesync.web.sync;

import java.time.Instant;

/**
 * The newest status of one link.
 *
 * @param reportedAt when it was heard, by the console's clock
 * @param status the contract's LinkStatus as JSON
 */
record LinkRow(long taskId, int link, Instant reportedAt, String status) {}
