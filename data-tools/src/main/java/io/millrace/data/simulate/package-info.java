/**
 * A seeded short-video world whose hidden preference is known, so that it can be said how good an
 * answer really is. {@link io.millrace.data.simulate.Simulator} is the entry type, {@link
 * io.millrace.data.simulate.HiddenPreference} judges. The simulation cuts its work by user and
 * item, each with a random stream of its own, so the same plan gives the same bytes on any number
 * of threads. Memory is a few hundred bytes an item and a user.
 *
 * <h2>The law of the world</h2>
 *
 * <p>Affinity of user u for item i: {@code a = 6 cos(t, v) + 0.7 q - 0.3 (ln d - m)² + b}, where t
 * is the user's taste on that day (a weighted sum of a few interests whose weights drift), v the
 * item's place in the same space (creator's style, category, chance), q its quality, d its duration
 * in seconds, m the duration the user likes, b the user's readiness. All of it is one inner product
 * of 20 dimensions.
 *
 * <p>A shown item is clicked with probability {@code sigmoid(a + h + w (ln d - ln 25) - 0.22 p)}: h
 * is what the hour does to its category, w how much more a long video is wished for on this device
 * and at the weekend (0 on a phone on a working day), p its position. What is watched of a clicked
 * item goes with a and against its length. What is watched for long is liked with probability
 * {@code 0.2 sigmoid(0.5 a - 2 + 2.5 c)}, with c its creator's charm, which has nothing to do with
 * clicks.
 *
 * <p>What is shown is the choice of a policy that draws from the user's categories, from what is
 * popular and by chance, and orders by a noisy look at a; so clicks are neither random nor the best
 * there could be. New items appear every day, in the test days too.
 */
@NullMarked
package io.millrace.data.simulate;

import org.jspecify.annotations.NullMarked;
