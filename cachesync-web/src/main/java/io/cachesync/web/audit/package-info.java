/** Who changed what: one row for every change, a page and an export. Uses {@code system}. */
package io.cachesync.web.audit;
