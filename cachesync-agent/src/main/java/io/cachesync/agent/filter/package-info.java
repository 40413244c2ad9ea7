/**
 * What is moved and under which name: patterns, types, databases, beginnings of keys. Pure.
 *
 * <p>May use {@code rdb} for the names of types, {@code command} for those of commands.
 */
package io.cachesync.agent.filter;
