/**
 * Stage: asks the agent on a task's machine whether the task may run, keeps what it found, and lets
 * nobody start past it.
 *
 * <p>May use {@code task}, {@code machine}, {@code agent}, {@code endpoint}, the infrastructure and
 * the contract.
 */
package io.cachesync.web.precheck;
