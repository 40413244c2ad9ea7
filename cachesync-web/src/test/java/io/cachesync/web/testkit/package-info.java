/** Real servers for the console's tests. */
package io.cachesync.web.testkit;
