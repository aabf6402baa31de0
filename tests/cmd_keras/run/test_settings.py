import dataclasses
import json
import math
import sys

import pytest

import cmdcore
from cmd_keras.errors import InputError
from cmd_keras.run import TrainSettings, check, resolved
from cmd_keras.run.epochs.learning_rate import learning_rate_at
from cmd_keras.run.settings.backend import backend_of_keras
from cmd_keras.run.settings.method import named_method
from cmd_keras.run.settings.recipes import RECIPES, recipe_for
from cmdcore import modes, self_kd

# Appendix A.2: epochs, learning rate of epoch 1, and epoch (from 1) and rate of each drop.
APPENDIX_A = {
    "cifar": (100, 128, 5e-4, {1: 0.1, 50: 0.1, 51: 0.01, 81: 0.001, 100: 0.001}),
    "cifar-200": (200, 128, 5e-4, {60: 0.1, 61: 0.02, 121: 0.004, 161: 0.0008}),
    "food101": (100, 32, 5e-4, {1: 0.01, 51: 0.001, 81: 0.0001}),
    "webvision": (80, 32, 5e-4, {40: 0.01, 41: 0.001, 80: 0.001}),
}


def test_open_values_are_filled_from_recipe_and_method():
    settings = resolved(TrainSettings())
    recipe = RECIPES["digits"]
    assert (settings.recipe, settings.epochs) == ("digits", recipe.epochs)
    assert (settings.network, settings.network_a, settings.network_b) == (recipe.network,) * 3
    mode = recipe.method.mode
    assert (settings.mode, settings.eta, settings.b2) == ("progressive", mode.eta, mode.b2)
    assert settings.knowledge == recipe.method.knowledge == "prediction"
    trust = recipe.method.self_kd
    assert (settings.self_kd, settings.b1, settings.rho) == ("mconf", trust.b1, trust.rho)
    assert settings.epsilon is None
    assert resolved(settings) == settings


@pytest.mark.parametrize("mode", list(modes.MODES))
@pytest.mark.parametrize("method", list(self_kd.SELF_KD))
def test_every_mode_goes_with_every_method(mode, method):
    settings = resolved(TrainSettings(dataset="cifar10", mode=mode, self_kd=method))
    assert named_method(settings)[0].mode == modes.get(mode)
    assert named_method(settings)[0].self_kd == self_kd.get(method)


@pytest.mark.parametrize("recipe", ["digits", "table", "small-images", "cnn"])
def test_a_recipe_has_constants_of_its_own_for_its_own_method(recipe):
    method = RECIPES[recipe].method
    assert method != cmdcore.CMD()
    base = TrainSettings(recipe=recipe)
    assert plan_method(base) == method
    # Of another mode they are that mode's own; what is given stays; eq. 8 is one switch away.
    static = plan_method(dataclasses.replace(base, mode="static"))
    assert static == dataclasses.replace(method, mode=cmdcore.Static())
    other_trust = plan_method(dataclasses.replace(base, self_kd="proselflc"))
    assert other_trust == dataclasses.replace(method, self_kd=cmdcore.ProSelfLC())
    off = plan_method(dataclasses.replace(base, mode="zero", self_kd="mconf"))
    assert off == dataclasses.replace(method, mode=cmdcore.Zero()), "the same self-distillation"
    letter = dataclasses.replace(base, knowledge="refined", eta=2.0, rho=0.5)
    assert plan_method(letter) == cmdcore.CMD()
    given = plan_method(dataclasses.replace(base, eta=3.0))
    assert given.mode == dataclasses.replace(method.mode, eta=3.0)
    refined = plan_method(dataclasses.replace(base, knowledge="refined"))
    assert refined == dataclasses.replace(method, knowledge="refined")
    other = plan_method(dataclasses.replace(base, method="sync-mkd"))
    assert other == cmdcore.SyncMKD()


@pytest.mark.parametrize("recipe", [*APPENDIX_A, "cifar-resnet50"])
def test_recipes_of_the_paper_have_its_reading(recipe):
    assert plan_method(TrainSettings(dataset="folder:x", recipe=recipe)) == cmdcore.CMD()


def test_all_recipes_hear_the_same_constants():
    heard = [set(named_method(TrainSettings(), r.method)[1]) for r in RECIPES.values()]
    assert all(constants == heard[0] for constants in heard)


def plan_method(settings):
    filled = resolved(settings)
    usual = RECIPES[filled.recipe].method
    # Filled in, they say all: the recipe is not asked again.
    assert named_method(filled)[0] == named_method(settings, usual)[0]
    return named_method(filled)[0]


def test_another_method_hears_its_own_constants_and_no_others():
    settings = resolved(TrainSettings(method="sync-mkd"))
    assert named_method(settings)[0] == cmdcore.SyncMKD(epsilon=0.5)
    assert (settings.epsilon, settings.mode, settings.self_kd, settings.knowledge) == (
        0.5,
        *[None] * 3,
    )
    assert TrainSettings.from_json(settings.to_json()) == settings
    with pytest.raises(
        InputError, match="mode has no effect with method=sync-mkd, which has epsilon"
    ):
        check(TrainSettings(method="sync-mkd", mode="zero"))
    with pytest.raises(InputError, match=r"epsilon must lie in \[0, 1\]"):
        check(TrainSettings(method="sync-mkd", epsilon=1.5))
    of_cmd = resolved(TrainSettings(mode="static", eta=4.0, self_kd="ls", epsilon=0.3))
    assert resolved(of_cmd.changed(method="sync-mkd")) == settings
    assert resolved(settings.changed(method="cmd")) == resolved(TrainSettings())


def test_a_teacher_is_dropped_with_the_method_that_learns_from_it():
    taught = resolved(TrainSettings(method="t2s", teacher="runs/teacher"))
    assert (taught.teacher, taught.epsilon) == ("runs/teacher", 0.5)
    assert named_method(taught)[0] == cmdcore.T2SKD(epsilon=0.5)
    assert TrainSettings.from_json(taught.to_json()) == taught
    assert resolved(taught.changed(method="sync-mkd")).teacher is None
    assert taught.changed(teacher="runs/other", seed=3).teacher == "runs/other"
    with pytest.raises(InputError, match="learns from a teacher, and none is named"):
        check(TrainSettings(method="t2s"))
    with pytest.raises(InputError, match="teacher has no effect with method=gce, which has q"):
        check(TrainSettings(method="gce", teacher="runs/teacher"))


BY_RATE = {
    "small-loss": cmdcore.SmallLoss(0.4),
    "co-teaching": cmdcore.CoTeaching(0.4),
    "co-teaching+": cmdcore.CoTeachingPlus(0.4),
    "mentornet": cmdcore.MentorNet(0.4),
    "cdr": cmdcore.CDR(0.4),
}


@pytest.mark.parametrize("name", list(BY_RATE))
@pytest.mark.parametrize("given", [{"noise": "inst:0.4"}, {"rate": 0.4}])
def test_a_rate_is_that_of_the_noise_or_what_is_believed(name, given):
    settings = resolved(TrainSettings(method=name, **given))
    check(settings)
    assert settings.rate == 0.4
    assert named_method(settings)[0] == BY_RATE[name]
    assert TrainSettings.from_json(settings.to_json()) == settings
    believed = resolved(TrainSettings(method=name, noise="sym:0.2", rate=0.4))
    assert named_method(believed)[0] == BY_RATE[name]


def test_other_noise_has_its_own_rate_and_what_is_believed_stays():
    filled = resolved(TrainSettings(method="co-teaching", noise="sym:0.4"))
    assert resolved(filled.changed(noise="pair:0.2")).rate == 0.2
    assert filled.changed(noise="sym:0.4", seed=3).rate == 0.4
    assert filled.changed(noise="pair:0.2", rate=0.4).rate == 0.4
    assert filled.changed(method="forward").rate is None
    believed = TrainSettings(method="co-teaching", noise="sym:0.4", rate=0.3)
    assert believed.changed(noise="pair:0.2").rate == 0.3
    alone = TrainSettings(method="co-teaching", rate=0.3)
    assert alone.changed(noise="pair:0.2").rate == 0.3


@pytest.mark.parametrize("name", ["forward", "backward"])
@pytest.mark.parametrize(
    ("given", "rate", "ends"),
    [
        ({"noise": "sym:0.4"}, 0.4, ([0.6, 0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1, 0.6])),
        ({"noise": "pair:0.4"}, 0.4, ([0.6, 0.4, 0.0, 0.0, 0.0], [0.4, 0.0, 0.0, 0.0, 0.6])),
        (
            {"noise": "pair:0.4", "rate": 0.2},
            0.2,
            ([0.8, 0.2, 0.0, 0.0, 0.0], [0.2, 0.0, 0.0, 0.0, 0.8]),
        ),
        ({"rate": 0.4}, 0.4, ([0.6, 0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1, 0.6])),
    ],
)
def test_a_matrix_is_made_of_noise_rate_and_classes(name, given, rate, ends):
    settings = resolved(TrainSettings(method=name, **given))
    check(settings)
    assert settings.rate == rate
    method, heard = named_method(settings, num_classes=5)
    assert (type(method), heard) == (cmdcore.methods.METHODS[name], {"rate": rate})
    for row, expected in zip((method.transition[0], method.transition[-1]), ends, strict=True):
        assert row == pytest.approx(expected)
    assert named_method(settings)[0] is None, "of how many classes is not known yet"


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_a_singular_matrix_is_refused_where_it_is_inverted(name):
    settings = TrainSettings(method=name, noise="pair:0.5")
    assert named_method(settings, num_classes=5)[0] is not None
    if name == "forward":
        assert named_method(settings, num_classes=6)[0] is not None
    else:
        with pytest.raises(InputError, match="transition is singular, or nearly"):
            named_method(settings, num_classes=6)


def test_learning_rate_drops_at_half_and_four_fifths():
    settings = resolved(TrainSettings(dataset="cifar100", epochs=100))
    rates = [learning_rate_at(settings, cmdcore.CMD(), epoch) for epoch in (0, 49, 50, 79, 80, 99)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"mode": "progresive"}, "Did you mean 'progressive'"),
        ({"self_kd": "mkonf"}, "Did you mean 'mconf'"),
        ({"network": "resnet200"}, "Did you mean 'resnet20'"),
        ({"knowledge": "all"}, "Unknown knowledge 'all'"),
        ({"clock": "minute"}, "Unknown clock"),
        ({"method": "sync-mdk"}, "Did you mean 'sync-mkd'"),
        ({"noise": "sym:1.0"}, r"must lie in \[0, 1\)"),
        ({"eta": 0.0}, "eta divides"),
        ({"eta": math.nan}, "eta divides"),
        ({"b2": math.inf}, "b2 must be a finite number"),
        ({"rho": 1.5}, r"rho must lie in \[0, 1\]"),
        ({"self_kd": "ls", "epsilon": -0.1}, r"epsilon must lie in \[0, 1\]"),
        ({"epsilon": 0.1}, "epsilon has no effect with self_kd=mconf, which has b1 and rho"),
        (
            {"mode": "zero", "eta": 2.0},
            "eta has no effect with mode=zero, which has no constants",
        ),
        ({"mode": "static", "b2": 1.0}, "b2 has no effect with mode=static, which has eta"),
        (
            {"method": "co-teaching"},
            "needs the share of labels that are wrong, and with noise=none",
        ),
        ({"method": "co-teaching", "rate": 1.0}, r"rate must lie in \[0, 1\), received rate=1.0"),
        ({"method": "mentornet", "rate": 0.4, "percentile": 2.0}, "percentile must lie in"),
        ({"method": "forward"}, "Give it as rate, such as 0.4, or name noise, such as sym:0.4"),
        ({"method": "forward", "rate": 40.0}, r"rate must lie in \[0, 1\), received 40"),
        ({"method": "backward", "noise": "inst:0.4"}, "noise=inst:0.4 depends on the input"),
        (
            {"method": "backward", "noise": "inst:0.4", "rate": 0.4},
            "noise=inst:0.4 depends on the input",
        ),
        (
            {"method": "forward", "rate": 0.4, "warmup": 0.1},
            "warmup has no effect with method=forward, which has rate",
        ),
        ({"rate": 0.4}, "rate has no effect with method=cmd"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"batch_size": -5}, "batch_size must be at least 1"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0"),
        ({"learning_rate": math.inf}, "learning_rate must be above 0"),
        ({"momentum": 1.0}, r"momentum must lie in \[0, 1\)"),
        ({"weight_decay": -1.0}, "weight_decay must be at least 0"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_impossible_settings_are_refused(change, match):
    with pytest.raises(InputError, match=match):
        check(TrainSettings(**change))


def test_infinity_survives_the_configuration():
    settings = resolved(TrainSettings(mode="static", eta=math.inf))
    written = json.loads(json.dumps(settings.to_json(), allow_nan=False))
    assert TrainSettings.from_json(written) == settings


def test_another_mode_or_method_drops_the_constants_of_the_old_one():
    settings = resolved(TrainSettings(eta=3.0, b2=-2.0, rho=0.3))
    other = resolved(settings.changed(mode="static", self_kd="ls", eta=4.0))
    assert (other.eta, other.b2) == (4.0, None)
    assert (other.epsilon, other.b1, other.rho) == (0.1, None, None)
    same = resolved(settings.changed(mode="progressive", seed=1))
    assert (same.eta, same.b2, same.rho, same.seed) == (3.0, -2.0, 0.3, 1)


def test_unknown_names_in_a_configuration_are_refused():
    with pytest.raises(InputError, match="Unknown settings epoch"):
        TrainSettings.from_json({"epoch": 3})


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": "ten"},
        {"epochs": 1.5},
        {"dataset": 5},
        {"seed": None},
        {"milestones": 3},
        {"learning_rate": 10**400},
        {"eta": True},
    ],
)
def test_values_of_the_wrong_type_in_a_configuration_are_refused(values):
    with pytest.raises(InputError, match=f"{next(iter(values))} must be"):
        TrainSettings.from_json(values)


def test_no_milestones_are_some_that_were_given():
    constant = resolved(TrainSettings(milestones=(), epochs=10))
    assert constant.milestones == ()
    rates = {learning_rate_at(constant, cmdcore.CMD(), epoch) for epoch in range(10)}
    assert rates == {constant.learning_rate}
    assert TrainSettings.from_json(constant.to_json()) == constant


@pytest.mark.parametrize("name", ["inf", "-inf", "nan", "NaN"])
def test_a_column_may_be_called_like_a_number(name):
    settings = TrainSettings(dataset="csv:x", target=name, ignore=("inf",))
    assert TrainSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@pytest.mark.parametrize(
    "setting", ["dataset", "data_dir", "target", "network_a", "export", "noise"]
)
def test_an_empty_text_is_not_taken_for_none(setting):
    with pytest.raises(InputError, match=f"{setting} '' is not a name"):
        TrainSettings(**{setting: ""})


def test_weights_are_not_missed_where_only_the_data_will_tell_the_network(tmp_path):
    (tmp_path / "images").mkdir()

    def photos(**changes):
        return TrainSettings(dataset=f"folder:{tmp_path / 'images'}", pretrained=True, **changes)

    check(photos())
    check(photos(network="imagenet_resnet50"))
    check(photos(recipe="food101"))
    for changes in ({"network": "resnet18"}, {"network_b": "resnet18"}, {"recipe": "cifar"}):
        with pytest.raises(InputError, match="no pretrained weights"):
            check(photos(**changes))


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_backend_of_keras_is_known_before_it_is_imported(backend, tmp_path, monkeypatch):
    # As in a process in which nobody has imported it.
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert backend_of_keras() == "tensorflow"
    (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}))
    assert backend_of_keras() == backend
    (tmp_path / "keras.json").write_text("{")
    assert backend_of_keras() == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", backend)
    assert backend_of_keras() == backend


@pytest.mark.parametrize(
    ("dataset", "network", "input_shape", "recipe"),
    [
        ("digits", None, None, "digits"),
        ("digits", "cnn", (8, 8, 1), "cnn"),
        ("cifar10", "cnn", (32, 32, 3), "cnn"),
        ("folder:thumbnails", "cnn", (64, 48, 3), "cnn"),
        ("cifar100", None, (32, 32, 3), "cifar"),
        ("cifar10_n", None, (32, 32, 3), "cifar"),
        ("cifar100", "resnet18", (32, 32, 3), "cifar-200"),
        ("cifar100", "shufflenet_v2_x1", (32, 32, 3), "cifar-200"),
        ("cifar100", "resnet50", (32, 32, 3), "cifar-resnet50"),
        ("food101", None, (224, 224, 3), "food101"),
        ("csv:flowers.csv", None, (9,), "table"),
        ("npz:vectors.npz", None, (9,), "table"),
        ("npz:digits.npz", None, (8, 8, 1), "table"),
        ("folder:thumbnails", None, (64, 48, 3), "small-images"),
        ("folder:photos", None, (224, 224, 3), "photographs"),
        ("svhn_cropped", None, None, "small-images"),
    ],
)
def test_the_recipe_goes_by_the_paper_and_else_by_the_shape(dataset, network, input_shape, recipe):
    assert recipe_for(dataset, network, input_shape) == recipe


@pytest.mark.parametrize("name", list(APPENDIX_A))
def test_recipes_are_those_of_appendix_a(name):
    epochs, batch_size, weight_decay, rates = APPENDIX_A[name]
    settings = resolved(TrainSettings(dataset="folder:x", recipe=name))
    assert (settings.epochs, settings.batch_size, settings.momentum) == (epochs, batch_size, 0.9)
    assert settings.weight_decay == weight_decay
    for epoch, rate in rates.items():
        assert learning_rate_at(settings, cmdcore.CMD(), epoch - 1) == pytest.approx(rate)


def test_any_setting_overrides_its_recipe():
    settings = TrainSettings(recipe="food101", dataset="folder:x", epochs=3, image_size=64)
    settings = resolved(settings.changed(learning_rate=0.5, milestones=(1.0,), pretrained=False))
    assert (settings.epochs, settings.image_size, settings.learning_rate) == (3, 64, 0.5)
    assert (settings.milestones, settings.pretrained) == ((1.0,), False)
    assert (settings.batch_size, settings.network) == (32, "imagenet_resnet50")


def test_peers_of_different_networks():
    settings = resolved(TrainSettings(network="resnet18", network_b="shufflenet_v2_x1"))
    assert (settings.network_a, settings.network_b) == ("resnet18", "shufflenet_v2_x1")
    assert settings.network is None
    assert resolved(settings) == settings
    other = resolved(settings.changed(network="mlp"))
    assert (other.network_a, other.network_b) == ("mlp", "mlp")


def test_weights_of_imagenet_belong_to_the_network_of_the_recipe():
    photos = TrainSettings(dataset="folder:x")
    assert resolved(photos, (224, 224, 3)).pretrained
    assert not resolved(photos.changed(network="resnet18"), (224, 224, 3)).pretrained
    recorded = resolved(photos, (224, 224, 3))
    assert not resolved(recorded.changed(network="resnet18"), (224, 224, 3)).pretrained


def test_another_recipe_replaces_all_that_the_old_one_filled_in():
    settings = resolved(resolved(TrainSettings()).changed(recipe="cifar-200", epochs=7))
    assert (settings.network, settings.epochs, settings.decay) == ("resnet18", 7, 0.2)


def test_another_recipe_has_its_own_constants_of_the_method():
    recorded = resolved(TrainSettings())
    letter = resolved(recorded.changed(recipe="cifar"))
    assert letter == resolved(TrainSettings(recipe="cifar", trusted=recorded.trusted))
    assert (letter.knowledge, letter.eta, letter.rho) == ("refined", 2.0, 0.5)


def test_another_recipe_leaves_what_is_not_the_old_ones():
    own = resolved(TrainSettings(eta=7.0, mode="static", self_kd="proselflc", b1=9.0))
    other = resolved(own.changed(recipe="cifar"))
    assert (other.eta, other.mode, other.self_kd, other.b1) == (7.0, "static", "proselflc", 9.0)
    assert other.knowledge == "refined"
    rival = resolved(TrainSettings(method="elr", regularization=5.0)).changed(recipe="cifar")
    assert (rival.method, rival.regularization) == ("elr", 5.0)
    assert TrainSettings(eta=4.0).changed(recipe="cifar").eta == 4.0


@pytest.mark.parametrize("name", ["photographs", "small-images", "table", "digits", "cnn"])
def test_data_that_the_paper_does_not_have_pass_on_predictions(name):
    settings = resolved(TrainSettings(dataset="folder:x", recipe=name))
    assert (settings.knowledge, settings.eta) == ("prediction", 4.0)


def test_photographs_of_ones_own_are_trained_as_the_papers_are():
    own, papers = (RECIPES[name] for name in ("photographs", "food101"))
    assert dataclasses.replace(own, method=papers.method) == papers


def test_no_drop_comes_before_the_first_epoch():
    settings = resolved(TrainSettings(epochs=1))
    assert learning_rate_at(settings, cmdcore.CMD(), 0) == settings.learning_rate


def test_a_network_that_neither_peer_is_is_refused():
    with pytest.raises(InputError, match="network=resnet8 has no effect beside network_a=mlp"):
        check(TrainSettings(network="resnet8", network_a="mlp", network_b="mlp"))
    check(TrainSettings(network="mlp", network_a="mlp", network_b="mlp"))
    check(TrainSettings(network="mlp", network_a="resnet8"))
