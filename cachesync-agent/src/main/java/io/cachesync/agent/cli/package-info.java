/**
 * The command line, one file per verb.
 *
 * <p>May use {@code job}, {@code sample} and the contract.
 */
package io.cachesync.agent.cli;
