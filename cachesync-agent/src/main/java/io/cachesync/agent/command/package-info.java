/**
 * The table of Redis commands: key positions, replay class, first version.
 *
 * <p>May use the JDK only.
 */
package io.cachesync.agent.command;
