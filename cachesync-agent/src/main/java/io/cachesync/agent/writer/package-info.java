/**
 * The target's side: lanes and what they send.
 *
 * <p>May use {@code entry}, {@code rdb}, {@code resp}, {@code redis}, {@code command}, {@code
 * checkpoint} and the contract.
 */
package io.cachesync.agent.writer;
