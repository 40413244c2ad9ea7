/**
 * The RDB format: bytes in, entries out. No threads, no network.
 *
 * <p>May use {@code entry}.
 */
package io.cachesync.agent.rdb;
