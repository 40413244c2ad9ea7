package io.cachesync.web.task;

/**
 * Some shards of a task's source on a machine of their own. It is a task too, with a state, an
 * agent and a history; what was asked is asked of the whole.
 *
 * @param partId id of the task that is the part
 * @param wholeId id of the task that a person created
 * @param partNumber from 0
 * @param slots those of whole shards, as the contract's {@code SyncSpec.slots}
 */
public record TaskPart(long partId, long wholeId, int partNumber, String slots) {}
