/**
 * What flows through a link: a key with its value's bytes, or a command's bytes.
 *
 * <p>May use the JDK only.
 */
package io.cachesync.agent.entry;
