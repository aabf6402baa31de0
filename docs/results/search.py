r"""Validation accuracies of many constants, on a loop that does nothing but train.

The method is `cmdcore`, on JAX; network, optimizer and schedule are those of the recipes `digits`
and `table`, written out. A run takes four seconds on one core, a tenth of what `cmd-keras train`
needs for it, which measures and writes more. Batches are drawn by another generator, so a run is
not that of the command line, but one of the same kind.

    python docs/results/search.py search.csv digits --noise pair:0.4 --seeds 8 \
        'zero: CMD("mconf", "zero")' 'all: CMD("mconf", "all")'

appends a line for each that is not in the file yet.
"""

import csv
import dataclasses
import itertools
import os
import sys
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"

import click
import jax
import jax.numpy as jnp
import numpy as np

import cmdcore
from cmd_keras import data
from cmd_keras.run.settings.recipes import RECIPES

COLUMNS = (
    "data",
    "validation_split",
    "batch_size",
    "learning_rate",
    "name",
    "method",
    "noise",
    "seed",
    "validation_accuracy",
    "memorised",
)
VALIDATION_SPLIT = 0.1
MOMENTUM, HIDDEN = 0.9, 512


def read(dataset: str, target: str | None, noise: str, seed: int) -> tuple[Any, ...]:
    """Standardised inputs, given and clean labels, and the validation share; C."""
    found = data.load(
        dataset, target=target, noise=noise, seed=seed, validation_split=VALIDATION_SPLIT
    )
    mean, variance = found.input_statistics()
    scale = 1.0 / np.sqrt(np.where(variance > 0.0, variance, 1.0))

    def standardised(batches: Any) -> np.ndarray:
        x = np.concatenate(list(batches.as_numpy_iterator()))
        return ((x - mean) * scale).reshape(len(x), -1).astype(np.float32)

    held_out = standardised(found.validation_batches().map(lambda x, _: x))
    labels = found.given_labels, found.clean_labels, held_out, found.validation_labels
    return standardised(found.plain_train_batches()), *labels, found.num_classes


def drawn(key: Any, widths: list[int]) -> list:
    """Weights as Keras draws them: `he_normal`, for the logits `glorot_uniform`."""
    layers, last = [], len(widths) - 2
    for i, (before, after) in enumerate(itertools.pairwise(widths)):
        draw = (
            jax.nn.initializers.glorot_uniform() if i == last else jax.nn.initializers.he_normal()
        )
        key, own = jax.random.split(key)
        layers.append((draw(own, (before, after)), jnp.zeros(after)))
    return layers


def logits(layers: list, x: Any) -> Any:
    """Of a multi-layer perceptron."""
    for w, b in layers[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = layers[-1]
    return x @ w + b


def trained(method: cmdcore.Method, recipe: Any, x: Any, q: Any, key: Any) -> Any:
    """Both peers after the last epoch."""
    n, size = len(x), recipe.batch_size
    steps = -(-n // size)
    key_a, key_b, order = jax.random.split(key, 3)
    widths = [x.shape[1], HIDDEN, HIDDEN, q.shape[1]]
    peers = drawn(key_a, widths), drawn(key_b, widths)
    there = (jnp.arange(steps * size) < n).reshape(steps, size)

    def step(state: Any, batch: Any, rate: Any, moment: cmdcore.Moment) -> Any:
        peers, velocities = state
        chosen, mask = batch

        def loss(peers: Any) -> Any:
            log_p = [jax.nn.log_softmax(logits(peer, x[chosen])) for peer in peers]
            losses = method.losses(q[chosen], *log_p, moment)
            certainties = [losses.measured[f"peer_{name}_certainty"] @ mask for name in "ab"]
            return (losses.loss_a + losses.loss_b) @ mask / mask.sum(), jnp.stack(certainties)

        gradients, certainties = jax.grad(loss, has_aux=True)(peers)
        velocities = jax.tree.map(
            lambda v, g, w: MOMENTUM * v + g + recipe.weight_decay * w, velocities, gradients, peers
        )
        return (jax.tree.map(lambda w, v: w - rate * v, peers, velocities), velocities), certainties

    def epoch(state: Any, number: Any) -> Any:
        state, certainty = state
        chosen = jax.random.permutation(jax.random.fold_in(order, number), n)
        chosen = jnp.pad(chosen, (0, steps * size - n)).reshape(steps, size)
        drops = sum(number >= round(m * recipe.epochs) for m in recipe.milestones)
        rate = recipe.learning_rate * recipe.decay ** drops.astype(float)
        moment = cmdcore.Moment(number + 1, recipe.epochs, *certainty)
        batches = chosen, there.astype(x.dtype)
        state, sums = jax.lax.scan(lambda s, b: step(s, b, rate, moment), state, batches)
        return (state, sums.sum(axis=0) / n), None

    begin = (peers, jax.tree.map(jnp.zeros_like, peers)), jnp.zeros(2)
    ((peers, _), _), _ = jax.lax.scan(epoch, begin, jnp.arange(recipe.epochs))
    return peers


@click.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.argument("dataset")
@click.option("--target")
@click.option("--noise", "noises", multiple=True)
@click.option("--seeds", type=int, default=8)
@click.option("--first-seed", type=int, default=0)
@click.option("--batch-size", type=int, help="[by recipe]")
@click.option("--learning-rate", type=float, help="[by recipe]")
@click.argument("methods", nargs=-1)
def main(
    output: Path,
    dataset: str,
    target: str | None,
    noises: tuple[str, ...],
    seeds: int,
    first_seed: int,
    batch_size: int | None,
    learning_rate: float | None,
    methods: tuple[str, ...],
) -> None:
    """Try METHODS, each `name: an expression in the names of cmdcore`."""
    recipe = RECIPES["table" if dataset.startswith("csv:") else "digits"]
    given_values = {"batch_size": batch_size, "learning_rate": learning_rate}
    recipe = dataclasses.replace(recipe, **{k: v for k, v in given_values.items() if v})
    tried = dataset.partition(":")[0], VALIDATION_SPLIT, recipe.batch_size, recipe.learning_rate
    tried = tuple(map(str, tried))
    done = set()
    if output.exists():
        with output.open(newline="") as file:
            done = {(*row[:5], *row[6:8]) for row in csv.reader(file)}
    else:
        output.write_text(",".join(COLUMNS) + "\n")
    run = jax.jit(trained, static_argnums=(0, 1))
    for noise in noises:
        for seed in range(first_seed, first_seed + seeds):
            x, given, clean, held_out, labels, classes = read(dataset, target, noise, seed)
            for name, _, expression in (text.partition(": ") for text in methods):
                if (*tried, name, noise, str(seed)) in done:
                    continue
                method = eval(expression, {"cmdcore": cmdcore, **vars(cmdcore)})
                q, key = np.eye(classes, dtype=x.dtype)[given], jax.random.key(1000 + seed)
                peers = run(method, recipe, x, q, key)
                right = [(logits(p, held_out).argmax(-1) == labels).mean() for p in peers]
                told = logits(peers[0], x).argmax(-1)[given != clean] == given[given != clean]
                values = f"{float(sum(right)) / 2:.6f}", f"{float(told.mean()):.4f}"
                with output.open("a", newline="") as file:
                    csv.writer(file).writerow((*tried, name, expression, noise, seed, *values))


if __name__ == "__main__":
    sys.exit(main())
