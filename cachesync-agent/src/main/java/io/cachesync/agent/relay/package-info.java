/**
 * The relay log: the source's bytes as they came, in memory and on disk.
 *
 * <p>May use {@code entry} and the contract.
 */
package io.cachesync.agent.relay;
