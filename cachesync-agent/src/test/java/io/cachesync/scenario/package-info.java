/**
 * Migrations between real servers with the packaged agent: what is killed, cut and slowed here must
 * end with both sides equal.
 */
package io.cachesync.scenario;
