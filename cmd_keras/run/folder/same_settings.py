"""Whether the settings are still those that a run was begun with."""

import csv
import dataclasses
from typing import Any

from cmd_keras.run.folder.run_folder import RunFolder
from cmd_keras.run.settings.method import CONSTANTS_OF, named_method
from cmd_keras.run.settings.recipes import RECIPES
from cmd_keras.run.settings.resolve import resolved
from cmd_keras.run.settings.train_settings import TrainSettings

# They may move: what is in them is compared when a run goes on.
_PLACES = ("data_dir", "teacher")
# What others follow from, where these are left open, is named before them.
_FIRST = ("recipe", "network", "network_a", "network_b")


@dataclasses.dataclass(frozen=True)
class OtherSetting:
    """A setting of a run that is not as it is asked for.

    Args:
        name: Of the setting.
        begun: What the run was begun with, as JSON has it.
        asked: What a run would be begun with now.
    """

    name: str
    begun: Any
    asked: Any


def other_setting(folder: RunFolder, settings: TrainSettings) -> OtherSetting | None:
    """The first setting of a run that a run of these settings would have otherwise.

    Args:
        folder: Of the run.
        settings: That `check` has nothing against. What is open is what recipe and method say
            now, on the data of the run. Where data and teacher are is not looked at.

    Returns:
        None where there is none. Settings that an older run does not know were at their defaults.

    Raises:
        InputError: if `config.json` cannot be read.
    """
    config = folder.read_json("config.json")
    begun = config.get("settings")
    begun = begun if isinstance(begun, dict) else {}
    asked = _written(settings, begun, config.get("data") or {})
    if settings.batch_size is None and "batch_size" in asked:
        asked["batch_size"] = _smaller(asked["batch_size"], begun.get("batch_size"), folder)
    if settings.precision is None:
        # That of Keras in the process of the run, which may be another one than this.
        asked.pop("precision", None)
    was = {**_before(settings, begun), **begun}
    for name in (*(name for name in _FIRST if name in was), *was):
        if name in asked and name not in _PLACES and was[name] != asked[name]:
            return OtherSetting(name, was[name], asked[name])
    return None


def _written(
    settings: TrainSettings, begun: dict[str, Any], data: dict[str, Any]
) -> dict[str, Any]:
    """What `config.json` of a run of these settings would say; of open ones what can be known."""
    shape = (data.get("input_format") or {}).get("shape")
    if shape is None and settings.recipe is None:
        # It does not say what chose its recipe.
        if begun.get("recipe") not in RECIPES:
            given = settings.to_json()
            for name in ("network_a", "network_b"):
                given[name] = given[name] or settings.network
            return {k: v for k, v in given.items() if v is not None and k != "network"}
        settings = dataclasses.replace(settings, recipe=begun["recipe"])
    return resolved(settings, None if shape is None else tuple(shape)).to_json()


def _before(settings: TrainSettings, begun: dict[str, Any]) -> dict[str, Any]:
    """What a run was made with where its version did not know the setting yet."""
    usual, given = TrainSettings().to_json(), settings.to_json()
    # What is open, or as it always was, is no other one.
    unknown = [name for name in usual if name not in begun and given[name] != usual[name]]
    own: dict[str, Any] = {}
    if begun.get("method", usual["method"]) == settings.method:
        # A constant that a method got later was, before, what it is without a recipe.
        constants = [c for c in CONSTANTS_OF["method"] if c in unknown and c not in _PLACES]
        _, own = named_method(dataclasses.replace(settings, **dict.fromkeys(constants)))
    return {name: own.get(name, usual[name]) for name in unknown}


def _smaller(size: int, begun: Any, folder: RunFolder) -> int:
    """The size of batches that was left open, which no more examples have than there are."""
    if not isinstance(begun, int) or begun >= size:
        return size
    path = folder.path / "labels.csv"
    if not path.exists():
        return begun
    with path.open(newline="", encoding="utf-8") as file:
        return min(size, sum(1 for _ in csv.reader(file)) - 1)
