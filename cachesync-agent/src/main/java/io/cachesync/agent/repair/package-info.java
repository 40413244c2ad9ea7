/**
 * The repair of keys that a check has found unlike: what the target had is kept first, then the
 * source's value is put there. A running task does it in its own lanes ({@code sync}) and takes
 * from here what is to be done; where none runs it is done here.
 *
 * <p>May use {@code source}, {@code writer}, {@code filter}, {@code checkpoint}, {@code redis},
 * {@code resp} and the contract.
 */
package io.cachesync.agent.repair;
