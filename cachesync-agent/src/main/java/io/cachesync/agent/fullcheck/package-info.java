/**
 * redis-full-check, run as a program of its own: its command line, its log, its result. Uses
 * nothing but the contract.
 */
package io.cachesync.agent.fullcheck;
