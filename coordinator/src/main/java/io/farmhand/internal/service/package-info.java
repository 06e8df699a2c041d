/** What a manager's process keeps. */
@NullMarked
package io.farmhand.internal.service;

import org.jspecify.annotations.NullMarked;
