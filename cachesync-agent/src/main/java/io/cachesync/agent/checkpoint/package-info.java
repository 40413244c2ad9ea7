/**
 * Epoch and fencing, and the checkpoint at the target.
 *
 * <p>May use {@code redis}, {@code resp} and the contract.
 */
package io.cachesync.agent.checkpoint;
