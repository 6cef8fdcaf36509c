/// Sockets that clients connect to: bound and closed as the ir says, each with the filter chains
/// and routes that are in force at the moment.
@NullMarked
package dev.postern.proxy.listener;

import org.jspecify.annotations.NullMarked;
