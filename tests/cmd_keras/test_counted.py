from cmd_keras.counted import counted


def test_one_is_not_called_as_several_are():
    assert counted(1, "row") == "1 row"
    assert counted(0, "row") == "0 rows"
    assert counted(12_345, "class", "classes") == "12,345 classes"
    assert counted(1, "class", "classes") == "1 class"
