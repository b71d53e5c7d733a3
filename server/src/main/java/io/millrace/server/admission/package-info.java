/**
 * Whether a request can be answered by its deadline, and how much of the usual effort it is given:
 * what requests have taken, what waits, and what is left of the time decide.
 *
 * <p>Entry types: {@link io.millrace.server.admission.WorkerLoad}, which tells an event loop how
 * long a worker will be busy, and {@link io.millrace.server.admission.EffortControl}, by which the
 * worker chooses. Threading: a load is shared between event loops and its worker, all else belongs
 * to the worker. Allocation: none after construction.
 */
@NullMarked
package io.millrace.server.admission;

import org.jspecify.annotations.NullMarked;
