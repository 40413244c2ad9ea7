/**
 * One job's life in this JVM: directory, runner, reports.
 *
 * <p>May use {@code sync}, {@code precheck}, {@code redis} and the contract.
 */
package io.cachesync.agent.job;
