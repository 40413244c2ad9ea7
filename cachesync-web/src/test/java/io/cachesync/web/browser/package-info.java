/**
 * The main job as a person does it: Chromium on the packaged console. Uses the test kits of both
 * modules.
 */
package io.cachesync.web.browser;
