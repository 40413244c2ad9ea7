/**
 * Measures the engine beside Redis's own replication and {@code redis-cli --pipe}, on loopback, in
 * one run and in alternation. A program, not a test: docs/performance.md has the method and what it
 * found. May use the testkit only.
 */
package io.cachesync.bench;
