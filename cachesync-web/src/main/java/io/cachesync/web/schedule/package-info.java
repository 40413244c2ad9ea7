/**
 * The tick of all consoles and the leases under which they share the work. The only package that
 * imports Quartz; uses {@code system}.
 */
package io.cachesync.web.schedule;
