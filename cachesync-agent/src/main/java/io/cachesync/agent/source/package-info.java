/**
 * The source's side: handshake, snapshot, replication stream, acknowledgements.
 *
 * <p>May use {@code entry}, {@code rdb}, {@code resp}, {@code redis}, {@code checkpoint} and the
 * contract.
 */
package io.cachesync.agent.source;
