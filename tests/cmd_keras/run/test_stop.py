"""Signals and losses that are no number end a run with a word."""

import contextlib
import signal
import threading

import numpy as np
import pytest

from cmd_keras.errors import RunError
from cmd_keras.run import TrainSettings, train
from cmd_keras.run.epochs.kept import kept
from cmd_keras.run.epochs.stop_on_non_finite import StopOnNonFinite
from cmd_keras.run.epochs.stop_signals import Stopped, stop_if_asked, stoppable
from cmd_keras.run.folder.run_folder import RunFolder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_becomes_an_exception_once(number):
    before = signal.getsignal(number)
    handlers = []

    @contextlib.contextmanager
    def noted():
        try:
            yield
        finally:
            handlers.append(signal.getsignal(number))

    with pytest.raises(Stopped) as caught, stoppable(), noted():
        signal.raise_signal(number)
    assert handlers == [signal.SIG_DFL], "a second one ends the process"
    assert caught.value.signal == number
    assert signal.getsignal(number) == before
    assert not isinstance(caught.value, Exception), "no library takes it for a failure"


def test_what_fails_while_a_stop_unwinds_does_not_take_its_place():
    def leave_in_order():
        raise RuntimeError("Array has been deleted")

    @contextlib.contextmanager
    def leaving():
        try:
            yield
        finally:
            leave_in_order()

    with pytest.raises(Stopped) as caught, stoppable(), leaving():
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.signal == signal.SIGTERM
    assert str(caught.value.__cause__) == "Array has been deleted"
    # Nothing was asked: a failure is what it is.
    with pytest.raises(RuntimeError, match="deleted"), stoppable():
        leave_in_order()


def test_what_a_library_swallowed_is_raised_again_at_the_end_of_the_epoch(tmp_path, monkeypatch):
    stop_if_asked()
    written = []

    def swallow(history):
        written.append(history)
        # First before the first epoch, then after it.
        if len(written) == 2:
            with contextlib.suppress(BaseException):
                signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("cmd_keras.run.epochs.history.RunHistory.write", swallow)
    with pytest.raises(Stopped) as caught, stoppable():
        train(TrainSettings(epochs=3, batch_size=500), tmp_path / "run")
    assert caught.value.signal == signal.SIGTERM
    kept = [path.name for path in (tmp_path / "run/checkpoints").iterdir()]
    assert kept == ["epoch-000001.npz"]
    assert len(written) == 2
    stop_if_asked()


def test_outside_the_main_thread_nothing_changes():
    seen = []

    def work():
        with stoppable():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_divergence_names_peer_step_and_epoch_and_keeps_what_was_good(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4)).astype("float32")
    np.savez(tmp_path / "data.npz", x=x, y=np.arange(64) % 2)
    settings = TrainSettings(
        dataset=f"npz:{tmp_path / 'data.npz'}", epochs=3, batch_size=16, learning_rate=1e30,
        mode="zero", self_kd="ce",
    )  # fmt: skip
    with pytest.raises(
        RunError,
        match=r"the loss of peer A is nan in step 2 of epoch 1\. Try a lower learning_rate than "
        r"1e\+30.*No epoch was finished\. Begin anew with: .*--config .*config\.json",
    ):
        train(settings, tmp_path / "run")
    assert not (tmp_path / "run/metrics.json").exists()
    assert not (tmp_path / "run/checkpoints").exists()


def test_advice_of_a_lower_rate_is_for_divergence_alone(tmp_path):
    said = "Process 1 ended with other weights than process 0."
    with pytest.raises(RunError) as caught, kept(RunFolder(tmp_path)):
        raise RunError(said)
    assert str(caught.value) == said


def test_each_loss_is_watched_in_steps_and_in_evaluation():
    callback = StopOnNonFinite(lambda epoch: 0.1)
    callback.on_epoch_begin(4)
    callback.on_train_batch_end(0, {"peer_a_loss": 1.0, "peer_b_loss": 2.0, "loss": 1.5})
    with pytest.raises(RunError, match="peer B is inf in step 7 of epoch 5"):
        callback.on_train_batch_end(6, {"peer_a_loss": 1.0, "peer_b_loss": float("inf")})
    with pytest.raises(RunError, match="peer A is nan in the evaluation after epoch 5"):
        callback.on_epoch_end(4, {"loss": 1.0, "val_peer_a_loss": float("nan")})
