/**
 * The tick of all consoles, the leases under which they share the work, and the timetable of what
 * people want done at times of their own. The only package that imports Quartz; uses {@code
 * security} and {@code system}.
 */
package io.cachesync.web.schedule;
