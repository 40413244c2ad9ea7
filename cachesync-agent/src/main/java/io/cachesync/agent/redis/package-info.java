/**
 * Connections, TLS, ACL, what a server says of itself.
 *
 * <p>May use {@code resp} and the contract.
 */
package io.cachesync.agent.redis;
