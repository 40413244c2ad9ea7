/**
 * The command line, one file per verb.
 *
 * <p>May use {@code job}, {@code filter}, {@code sample} and the contract; of the library for TOML
 * only {@code ConfigFile} knows.
 */
package io.cachesync.agent.cli;
