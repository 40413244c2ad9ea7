package io.cachesync.web.task;

/**
 * A task and its machine.
 *
 * @param machineId null while none was chosen, and where its parts have theirs
 */
public record TaskPlace(long id, Long machineId) {}
