"""What the first of several processes has arrives on the others, however long it is."""

import numpy as np
import pytest

pytest.importorskip("jax")

import cmd_keras.run.devices.same_everywhere as same_everywhere


class Wire:
    """What process 0 sends is what the others receive, as `broadcast_one_to_all` has it."""

    def __init__(self, monkeypatch):
        self.sent, self.number, self.place = [], 0, 0
        monkeypatch.setattr(same_everywhere.jax, "process_index", lambda: self.number)
        monkeypatch.setattr(same_everywhere.multihost_utils, "broadcast_one_to_all", self.broadcast)

    def broadcast(self, values):
        if self.number == 0:
            # JAX adds up in 32 bits, and knows no wider whole numbers.
            self.sent.append(np.asarray(values).astype(np.uint32))
            return self.sent[-1]
        received = self.sent[self.place]
        # The shapes must be the same everywhere.
        assert received.shape == values.shape
        self.place += 1
        return received

    def others(self, received):
        self.number = 1
        value = received()
        assert self.place == len(self.sent)
        return value


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 800, 1001])
def test_content_is_sent_in_pieces(size, monkeypatch):
    monkeypatch.setattr(same_everywhere, "_PIECE", 8)
    wire = Wire(monkeypatch)
    content = np.random.default_rng(0).integers(0, 256, size, np.uint8).tobytes()
    assert same_everywhere._bytes_of_first(content) == content
    assert [len(piece) for piece in wire.sent[1:]] == [8] * (size // 8) + [size % 8] * (
        size % 8 > 0
    )
    assert wire.others(lambda: same_everywhere._bytes_of_first(b"of process 1")) == content


@pytest.mark.parametrize("number", [0, 255, 2**31 - 1, 2**31, 2**32 + 5, 2**40])
def test_a_number_of_more_than_32_bits_arrives(number, monkeypatch):
    wire = Wire(monkeypatch)
    assert same_everywhere._number_of_first(number) == number
    assert wire.others(lambda: same_everywhere._number_of_first(0)) == number


def test_files_arrive_under_their_names(monkeypatch):
    monkeypatch.setattr(same_everywhere, "_PIECE", 5)
    wire = Wire(monkeypatch)
    files = {"config.json": b"{}", "a b/é.npz": bytes(range(256)), "empty": b""}
    assert same_everywhere.of_first(files) == files
    assert wire.others(lambda: same_everywhere.of_first({})) == files
