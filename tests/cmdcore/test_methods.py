import pytest
from keras import ops

import cmdcore
from tests.cmdcore.every_method import EVERY


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_one_class_leaves_nothing_to_be_sure_of(method):
    q = log_p = ops.zeros((3, 1))
    moment = cmdcore.Moment(t=1, gamma=2, certainty_a=0.5, certainty_b=0.5)
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes=1"):
        method.losses(q, log_p, log_p, moment)


def test_cmd_is_made_again_of_what_it_is_made_of():
    method = cmdcore.CMD(cmdcore.ProSelfLC(3.0), "zero", "prediction", constant_targets=True)
    assert cmdcore.CMD.from_config(method.get_config()) == method
