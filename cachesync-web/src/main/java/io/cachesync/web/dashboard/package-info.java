/** The first page: what runs, what needs a person. Reads the services of the features. */
package io.cachesync.web.dashboard;
