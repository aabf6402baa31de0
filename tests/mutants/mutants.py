"""Ways to break the method, each of which some test must notice."""

import dataclasses

INFORMATION = "cmdcore/information.py"
SCHEDULE = "cmdcore/schedule.py"
SELF_KD = "cmdcore/self_kd.py"
OBJECTIVES = "cmdcore/objectives.py"
DISTILLER = "cmd_keras/mutual_distiller.py"
MUTUAL = "cmd_keras/mutual_objective.py"
CMD = "cmdcore/methods/cmd.py"
SYNC_MKD = "cmdcore/methods/sync_mkd.py"
NOISE_ESTIMATE = "cmd_keras/label_review/noise_estimate.py"
FOLD = "cmd_keras/data/fold.py"
CORRECTIONS = "cmd_keras/data/corrections.py"
CHECKPOINTS = "cmd_keras/run/epochs/checkpoints.py"


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change of one line.

    Args:
        what: The mistake in words.
        file: Where it is made.
        old: Text that occurs once in the file.
        new: What it becomes.
        backend: The only backend on which the line is run, if there is one.
    """

    what: str
    file: str
    old: str
    new: str
    backend: str | None = None


MUTANTS = [
    Mutant("0 log 0 is NaN", INFORMATION, "ops.where(q == 0, ops.zeros_like(log_p), log_p)", "log_p"),
    Mutant("log(p + 1e-6) instead of log-softmax", INFORMATION,
           "return ops.log_softmax(logits, axis=-1)", "return ops.log(ops.softmax(logits) + 1e-6)"),
    Mutant("half precision is not widened", INFORMATION,
           'if keras.backend.standardize_dtype(logits.dtype) != "float64":', "if False:"),
    Mutant("entropy in bits", INFORMATION,
           "return cross_entropy(ops.exp(log_p), log_p)",
           "return cross_entropy(ops.exp(log_p), log_p) / math.log(2)"),
    Mutant("KL with its arguments exchanged", INFORMATION,
           "log_p_t - log_p)", "log_p - log_p_t)"),
    Mutant("H(u) is C, not log C", INFORMATION, "return math.log(num_classes)", "return float(num_classes)"),
    Mutant("confidence is uncertainty", INFORMATION,
           "1.0 - entropy / max_entropy(num_classes)", "entropy / max_entropy(num_classes)"),
    Mutant("h with the wrong sign", SCHEDULE, "ops.sigmoid(x * float(b))", "ops.sigmoid(-x * float(b))"),
    Mutant("chi without the factor 2", SCHEDULE, "/ eta * 2.0 *", "/ eta *"),
    Mutant("chi centred at the start", SCHEDULE, "logistic(progress - 0.5, b2)", "logistic(progress, b2)"),
    Mutant("g(t) centred at the start", SCHEDULE, "logistic(progress - 0.5, b1)", "logistic(progress, b1)"),
    Mutant("g(r) forgets rho", SCHEDULE, "logistic(certainty - rho, b1)", "logistic(certainty, b1)"),
    Mutant("gradient flows through epsilon", SELF_KD, "ops.stop_gradient(epsilon)[..., None]", "epsilon[..., None]"),
    Mutant("CP adds the prediction", SELF_KD, "(1.0 - epsilon) * q - epsilon", "(1.0 - epsilon) * q + epsilon"),
    Mutant("LS forgets to divide by C", SELF_KD, "epsilon / q.shape[-1]", "epsilon"),
    Mutant("ProSelfLC trusts all samples alike", SELF_KD,
           "return schedule.trust_by_time(progress, self.b1) * information.confidence(log_p)",
           "return schedule.trust_by_time(progress, self.b1) + 0.0 * log_p[..., 0]"),
    Mutant("Mconf ignores g(r)", SELF_KD, "return trust * information.confidence(log_p)",
           "return information.confidence(log_p)"),
    Mutant("self-correction holds p constant", SELF_KD,
           "return (1.0 - epsilon) * q + epsilon * ops.exp(log_p)",
           "return (1.0 - epsilon) * q + epsilon * ops.stop_gradient(ops.exp(log_p))"),
    Mutant("< becomes <=", OBJECTIVES, "return source_entropy < ops", "return source_entropy <= ops"),
    Mutant("< becomes >", OBJECTIVES, "return source_entropy < ops", "return source_entropy > ops"),
    Mutant("the teacher is moved by what it teaches", OBJECTIVES,
           "cross_entropy(ops.stop_gradient(knowledge), log_p)", "cross_entropy(knowledge, log_p)"),
    Mutant("the learner's entropy selects", OBJECTIVES,
           "distillation_loss(knowledge_b, b_to_a, log_p_a)", "distillation_loss(knowledge_b, a_to_b, log_p_a)"),
    Mutant("A learns from itself", OBJECTIVES,
           "distillation_loss(knowledge_b, b_to_a, log_p_a)", "distillation_loss(knowledge_a, b_to_a, log_p_a)"),
    Mutant("B's distilled loss is measured on A", OBJECTIVES,
           "distillation_loss(knowledge_a, a_to_b, log_p_b)", "distillation_loss(knowledge_a, a_to_b, log_p_a)"),
    Mutant("unselected samples are distilled too", OBJECTIVES,
           "return ops.where(selected, loss, ops.zeros_like(loss))", "return loss"),
    Mutant("mode all is eta = 1", "cmdcore/modes.py",
           'return progress * 0.0 + float("inf")', "return schedule.threshold(progress, 1.0, 0.0, num_classes)"),
    Mutant("T2S KD forgets 1 - epsilon", "cmdcore/classic_kd.py",
           "return (1.0 - epsilon) * cross_entropy(q, log_p) + epsilon * divergence",
           "return cross_entropy(q, log_p) + epsilon * divergence"),
    Mutant("AsyncMKD begins with B", "cmdcore/classic_kd.py", "iteration % 2 == 1", "iteration % 2 == 0"),
    Mutant("a label out of range is silent", "cmdcore/labels.py", 'float("nan")', "0.0"),
    Mutant("mean over the selected samples", MUTUAL,
           "total = (ops.sum(losses.loss_a) + ops.sum(losses.loss_b)) / size",
           "total = ops.sum(losses.loss_a) / ops.sum(ops.cast(losses.loss_a > 2, losses.loss_a.dtype)) + ops.sum(losses.loss_b) / size"),
    Mutant("only A learns", MUTUAL, "total = (ops.sum(losses.loss_a) + ops.sum(losses.loss_b)) / size", "total = ops.sum(losses.loss_a) / size"),
    Mutant("both peers use A's certainty", CMD,
           "(q, log_p_b, progress, moment.certainty_b)", "(q, log_p_b, progress, moment.certainty_a)"),
    Mutant("both peers are asked for A's opinion", CMD,
           "knowledge_b=ops.exp(log_p_b) if teaches_p", "knowledge_b=ops.exp(log_p_a) if teaches_p"),
    Mutant("constant targets are not", CMD,
           "refined_a=ops.stop_gradient(refined_a) if self.constant_targets else refined_a", "refined_a=refined_a"),
    Mutant("SyncMKD does not hear its constant", SYNC_MKD,
           "sync_mkd_losses(q, log_p_a, log_p_b, self.epsilon)", "sync_mkd_losses(q, log_p_a, log_p_b, 0.5)"),
    Mutant("SyncMKD gives each peer the other's loss", SYNC_MKD,
           "return PeerLosses(loss_a, loss_b,", "return PeerLosses(loss_b, loss_a,"),
    Mutant("sample weights are ignored", MUTUAL, "if sample_weight is None:", "if True:"),
    Mutant("B's batch statistics stand still", "cmd_keras/peers.py",
           "logits_b = peer_b(x, training=training)", "logits_b = peer_b(x, training=False)"),
    Mutant("what is measured is counted under another name", MUTUAL,
           "(right_a, right_b, (right_a + right_b) / 2.0, right)", "(right_b, right_a, (right_a + right_b) / 2.0, right)"),
    *(
        Mutant("steps are not counted", f"cmd_keras/train_step/{backend}.py",
               "self.advance_clock()", "pass", backend)
        for backend in ("tensorflow", "jax", "torch")
    ),
    Mutant("the state of the step is thrown away", "cmd_keras/train_step/jax.py",
           "_values(scope, self.non_trainable_variables, non_trainable),\n                _values(scope, self.metrics_variables, metrics),\n            )\n\n        gradients",
           "non_trainable,\n                _values(scope, self.metrics_variables, metrics),\n            )\n\n        gradients", "jax"),
    Mutant("gradients of the last step are kept", "cmd_keras/train_step/torch.py",
           "self.zero_grad()", "pass", "torch"),
    Mutant("t counts from 0", "cmd_keras/training_clock.py", "t=epoch + 1", "t=epoch"),
    Mutant("Gamma is one too many", "cmd_keras/training_clock.py", "gamma=epochs)", "gamma=epochs + 1)"),
    Mutant("r is never remembered", "cmd_keras/training_clock.py", 'peer_a=logs["peer_a_certainty"]', "peer_a=0.0"),
    Mutant("r of an earlier training is kept", "cmd_keras/training_clock.py", "if epoch == 0:", "if False:"),
    Mutant("one rate stands for both peers", "cmd_keras/optimizers/peer_optimizers.py",
           "_number(self._learning_rate) * rate_a", "rate_a"),
    Mutant("weight decay is decoupled", "cmd_keras/optimizers/coupled_sgd.py",
           "gradient = gradient + self.coupled_weight_decay * variable",
           "self.assign_sub(variable, learning_rate * self.coupled_weight_decay * variable)"),
    Mutant("velocity contains the learning rate", "cmd_keras/optimizers/coupled_sgd.py",
           "self.assign_add(velocity, gradient)\n        self.assign_sub(variable, learning_rate * velocity)",
           "self.assign_add(velocity, learning_rate * gradient)\n        self.assign_sub(variable, velocity)"),
    Mutant("a pair divides the weights wrongly", "cmd_keras/optimizers/peer_optimizers.py",
           "num_variables_a=len(peer_a.trainable_variables)", "num_variables_a=len(peer_a.trainable_variables) - 1"),
    Mutant("symmetric noise may keep the own class", "cmd_keras/data/noise.py",
           "rng.integers(1, num_classes,", "rng.integers(0, num_classes,"),
    Mutant("pair noise goes down", "cmd_keras/data/noise.py", "else 1\n", "else num_classes - 1\n"),
    Mutant("every epoch has the same order", "cmd_keras/data/inputs.py",
           "tf.stack([tf.constant(seed, tf.int64), epoch])", "tf.stack([tf.constant(seed, tf.int64), epoch * 0])"),
    Mutant("a checkpoint forgets the optimizer", CHECKPOINTS,
           "[*distiller.variables, *distiller.optimizer.variables]", "list(distiller.variables)"),
    Mutant("an edited checkpoint is believed", CHECKPOINTS,
           'return checkpoint if checkpoint.digest() == about["sha256"] else None', "return checkpoint"),
    Mutant("only one checkpoint is kept", CHECKPOINTS, "_KEPT = 2", "_KEPT = 1"),
    Mutant("a resumed run draws the first epoch again", "cmd_keras/run/epochs/fit.py",
           "                done,\n", "                0,\n"),
    Mutant("a resumed run begins its history anew", "cmd_keras/run/epochs/history.py",
           "self.rows = list(rows)", "self.rows = []"),
    Mutant("other labels are continued", "cmd_keras/run/folder/same_data.py",
           "if path.exists() and path.read_bytes() !=", "if False and path.read_bytes() !="),
    Mutant("other test examples are evaluated", "cmd_keras/run/folder/same_data.py",
           "if digests.get(part, digest) != digest:", "if False:"),
    Mutant("an example is held out by its place", "cmd_keras/data/split.py",
           'for key in keys])', 'for key in map(str.encode, map(str, range(len(keys))))])'),
    Mutant("differences are not paired by seed", "cmd_keras/compare/differences.py",
           "[first[seed] - second[seed] for seed in seeds]",
           "[a - b for a, b in zip(first.values(), second.values())][: len(seeds)]"),
    Mutant("the interval takes few seeds for many", "cmd_keras/compare/differences.py",
           "stats.t.ppf(0.975, len(gaps) - 1)", "stats.norm.ppf(0.975)"),
    Mutant("a row is trained without its settings", "cmd_keras/compare/grid.py",
           "self.base.changed(**row.changes, noise", "self.base.changed(noise"),
    Mutant("a comparison from a file is believed where it names code", "cmd_keras/compare/grid.py",
           'tuple(values["seeds"]), trusted)', 'tuple(values["seeds"]))'),
    Mutant("a constant for all rows is dropped without a word", "cmd_keras/compare/grid.py",
           "if getattr(self.base, name) != getattr(TrainSettings(), name):", "if False:"),
    Mutant("another mode drops what was given for all trials", "cmd_keras/tune/space.py",
           "return {**{name: getattr(base, name) for name in dropped if name not in changes}, **changes}",
           "return changes"),
    Mutant("the worst trial is taken for the best", "cmd_keras/tune/write_trials.py",
           "key=lambda trial: -trial.value)[:most]", "key=lambda trial: trial.value)[:most]"),
    Mutant("the last run of a search holds out a share", "cmd_keras/tune/tune.py",
           "**changes_of(best), validation_split=0.0", "**changes_of(best)"),
    Mutant("the matrix is given × true", NOISE_ESTIMATE, "p * matrix[:, y].T", "p * matrix[y]"),
    Mutant("the interval draws what the noise drew", NOISE_ESTIMATE,
           "default_rng([seed, 3])", "default_rng(seed)"),
    Mutant("a classifier is taken for as sure as it says", NOISE_ESTIMATE,
           "/ temperature, axis=1", ", axis=1"),
    Mutant("a label is suspected by the classifier's word alone", "cmd_keras/label_review/review.py",
           "probable != y if noise is None else p_given < 0.5", "probable != y"),
    Mutant("a margin is noted for another example", "cmd_keras/training_evidence/epoch_margins.py",
           'numbers = ops.cast(numbers, "int32")[:, None]', 'numbers = ops.cast(numbers, "int32")[::-1, None]'),
    Mutant("evaluation forgets the margins", "cmd_keras/training_evidence/epoch_margins.py",
           """    def reset_state(self) -> None:""", """    def no_reset(self) -> None:"""),
    Mutant("what training said is forgotten when a run goes on", "cmd_keras/run/epochs/complete.py",
           "evidence = checkpoint.evidence if checkpoint else", "evidence ="),
    Mutant("contradictions speak for a label", "cmd_keras/training_evidence/evidence.py",
           "+ 1.0 - self.other_share)", "+ self.other_share)"),
    Mutant("a name ends the page's data", "cmd_keras/review_page/page.py", ".translate(_ESCAPES)", ""),
    Mutant("the page saves another class than was chosen", "cmd_keras/review_page/page.js",
           '? classes[decision.label] : ""', '? classes[example.other] : ""'),
    Mutant("a picture is that of another example", "cmd_keras/review_page/judged.py",
           "places = np.sort(chosen)", "places = chosen"),
    Mutant("wrong labels rank last", "cmd_keras/label_review/score.py", "rankdata(-review", "rankdata(review"),
    Mutant("folds are dealt out whatever the class", FOLD, "np.lexsort((drawn, labels[first]))", "np.argsort(drawn)"),
    Mutant("copies of an example are in several folds", FOLD,
           'draws(keys, "fold")', 'draws([b"%d" % i + key for i, key in enumerate(keys)], "fold")'),
    Mutant("a review takes an example for another", "cmd_keras/review/opinion.py",
           "train[[place[number] for number in part.held_out_index.tolist()]] = said.held_out",
           "train[np.flatnonzero(np.isnan(train[:, 0]))[: len(said.held_out)]] = said.held_out"),
    Mutant("a fold of other data is taken", "cmd_keras/review/opinion.py",
           'if (job.folder / "config.json").exists():', "if False:"),
    Mutant("noise stays where the own class is looked like", "cmd_keras/data/instance_noise.py",
           "scores[own] = -np.inf", "scores[own] += 0.0"),
    Mutant("a decision about a test example changes another", CORRECTIONS,
           "return test_labels, test[correction.name]", "return given, test[correction.name]"),
    Mutant("what is right is forgotten where it was known", CORRECTIONS,
           "dataset.clean_labels if known else given", "given"),
    Mutant("a decision about what was is carried out on what is", CORRECTIONS,
           'if correction.given not in ("", was):', "if False:"),
    Mutant("a file that moves replaces one", "cmd_keras/relabel/write_folder.py",
           "taken = {target for _, target, moves in copied if not moves}", "taken = set()"),
    Mutant("a row loses a line when it is written again", "cmd_keras/relabel/write_csv.py",
           "lines[at - 1 : at - 1 + reader.line_num]", "lines[at - 1 : at]"),
]  # fmt: skip
