/**
 * What every page and feature stands on: the frame of the pages, messages, lists, errors, data
 * directory, clock, database. Uses the JDK, Spring and MyBatis, and no feature.
 */
package io.cachesync.web.system;
