/**
 * May this migration run? One class per check.
 *
 * <p>May use {@code redis}, {@code resp}, {@code rdb}, {@code command}, {@code entry}, {@code
 * checkpoint} and the contract.
 */
package io.cachesync.agent.precheck;
