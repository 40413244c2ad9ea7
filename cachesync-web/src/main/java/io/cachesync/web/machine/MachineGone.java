package io.cachesync.web.machine;

/**
 * A person said that a machine is gone for good.
 *
 * @param who said so
 */
public record MachineGone(long machineId, String machineName, String who) {}
