/**
 * Reads and writes the Redis serialization protocol.
 *
 * <p>May use the JDK only.
 */
package io.cachesync.agent.resp;
