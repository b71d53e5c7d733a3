/**
 * The whole funnel at once: simulate or import, train, build, evaluate, serve, load, check, judge.
 * {@link io.millrace.cli.demo.DemoCommand} is the entry type. Runs on the main thread, each stage
 * on threads of its own. Free to allocate; each stage releases what it held.
 */
@NullMarked
package io.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
