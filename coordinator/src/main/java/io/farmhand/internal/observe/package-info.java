/** What people see of work that goes on: bars on a terminal, lines in a log. */
@NullMarked
package io.farmhand.internal.observe;

import org.jspecify.annotations.NullMarked;
