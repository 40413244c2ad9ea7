/**
 * What tests meet instead of mocks: real servers, a RESP client and a dataset comparer that share
 * no code with the agent, the agent as a process of its own, and a proxy that fails on purpose.
 *
 * <p>Shipped to the console's tests as a test-jar. May use the JDK, JUnit, Awaitility, Jackson and
 * the contract.
 */
package io.cachesync.testkit;
