"""What should be known of the data is one line, said once a command."""

import warnings

import pytest
from cmd_keras_cli.notices import notices_in_one_line

from cmd_keras.notice import notice


def test_a_notice_is_a_line_and_is_said_once(capsys):
    for _ in range(2):
        with notices_in_one_line():
            for message in ("one", "two", "one"):
                notice(message)
        assert capsys.readouterr().err.splitlines() == ["Note: one", "Note: two"]


def test_other_warnings_stay_what_they_are(capsys):
    with pytest.warns(UserWarning, match="three"), notices_in_one_line():
        warnings.warn("three", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == ""
