/**
 * The stage that moves the data: places jobs on machines, starts their agents, mirrors their
 * reports and reconciles what is wanted with what is seen. May use {@code task}, {@code machine},
 * {@code agent} and {@code endpoint}.
 */
package io.cachesync.web.sync;
