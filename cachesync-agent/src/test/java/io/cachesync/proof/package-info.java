/**
 * The proof machine: random commands, random troubles, both sides equal in the end. Uses the
 * engine's public face, and the seams of {@code sync} to take a rule out.
 */
package io.cachesync.proof;
