/**
 * What console and agents say to each other: specs, reports, directives, faults. Uses the JDK only.
 *
 * <p>Fields are only ever added; unknown fields are ignored and unknown enum constants read as
 * {@code UNKNOWN}, so that old agents and new consoles keep talking. Golden JSON files in both
 * modules hold that.
 */
package io.cachesync.contract;
