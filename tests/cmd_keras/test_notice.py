import subprocess
import sys
import warnings

import pytest

from cmd_keras.notice import Notice, notice, notices_to


def test_a_notice_is_a_warning_said_as_often_as_it_comes_up():
    with warnings.catch_warnings(record=True) as caught:
        for _ in range(3):
            notice("12 .txt files were passed over")
    assert [str(warning.message) for warning in caught] == ["12 .txt files were passed over"] * 3
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        with pytest.raises(Notice, match="passed over"):
            notice("12 .txt files were passed over")


def test_on_the_command_line_it_is_a_line_on_standard_error():
    code = (
        "import warnings\n"
        "from cmd_keras_cli.notices import notices_in_one_line\n"
        "with notices_in_one_line():\n"
        "    warnings.warn('another')\n"
        "    from cmd_keras.notice import notice\n"
        "    for _ in range(2): notice('12 .txt were passed over')\n"
        "warnings.warn('outside')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.splitlines().count("Note: 12 .txt were passed over") == 1
    assert "<string>:4: UserWarning: another" in run.stderr
    assert "<string>:7: UserWarning: outside" in run.stderr
    assert run.stdout == ""


def test_a_listener_hears_notices_and_nothing_else(recwarn):
    heard = []
    with notices_to(heard.append):
        notice("Column a is left out.")
        warnings.warn("something else", UserWarning, stacklevel=1)
        notice("Column a is left out.")
    assert heard == ["Column a is left out."] * 2
    assert [str(w.message) for w in recwarn] == ["something else"]
