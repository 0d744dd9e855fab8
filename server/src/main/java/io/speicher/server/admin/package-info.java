/** What the server tells of itself: counters, status, and the connections it has. */
@NullMarked
package io.speicher.server.admin;

import org.jspecify.annotations.NullMarked;
