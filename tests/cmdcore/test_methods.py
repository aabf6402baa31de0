import pytest
from keras import ops

import cmdcore
from tests.cmdcore.every_method import EVERY
from tests.cmdcore.test_compared import at


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_one_class_leaves_nothing_to_be_sure_of(method):
    q = z = ops.zeros((3, 1))
    with pytest.raises(ValueError, match="At least 2 classes are needed, received num_classes=1"):
        at(method, q, z, z)


def test_cmd_is_made_again_of_what_it_is_made_of():
    method = cmdcore.CMD(cmdcore.ProSelfLC(3.0), "zero", "prediction", constant_targets=True)
    assert cmdcore.CMD.from_config(method.get_config()) == method
