/**
 * A link from one source node to the target, and its pipeline: the only place that composes source,
 * relay and writer.
 *
 * <p>May use {@code source}, {@code relay}, {@code writer}, {@code repair}, {@code checkpoint},
 * {@code redis}, {@code resp}, {@code command}, {@code entry} and the contract.
 */
package io.cachesync.agent.sync;
