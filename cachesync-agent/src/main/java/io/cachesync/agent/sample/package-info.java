/**
 * Deterministic sample data and a steady trickle of writes.
 *
 * <p>May use {@code redis} and {@code resp}.
 */
package io.cachesync.agent.sample;
