/**
 * The check: reads both sides, tells what is unlike, and writes to neither.
 *
 * <p>May use {@code redis}, {@code resp}, {@code filter} and the contract.
 */
package io.cachesync.agent.verify;
