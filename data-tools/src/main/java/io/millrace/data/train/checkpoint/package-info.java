/**
 * What a training needs to go on where it was killed. A trainer walks over all that it learnt by a
 * {@link io.millrace.data.train.checkpoint.TrainingState}, and the same walk saves and restores. A
 * {@link io.millrace.data.train.checkpoint.Checkpoint} is the file of one model in training, {@link
 * io.millrace.data.train.checkpoint.Checkpoints} the folder of those of one command. What is drawn
 * at random is not saved but drawn again from the seed, so a training that was killed ends with the
 * same bits as one that was not.
 */
@NullMarked
package io.millrace.data.train.checkpoint;

import org.jspecify.annotations.NullMarked;
