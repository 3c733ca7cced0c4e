"""What decides a run, and what its folder must hold for it to go on."""

from dataclasses import replace
from pathlib import Path

import pytest

from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.finetune.training.run_folder import Epoch, prepare
from resnet_explorer.training.run_folder import CHECKPOINT, LOG, write_log
from tests.finetune_colours import COLOURS, QUICK, config_of, photo


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """A folder of four photos of each colour."""
    for place, (name, colour) in enumerate(COLOURS.items()):
        (tmp_path / "colours" / name).mkdir(parents=True)
        for number in range(4):
            (tmp_path / "colours" / name / f"{number}.png").write_bytes(photo(colour, 10 * place + number))
    return tmp_path / "colours"


def test_a_class_that_came_since_moves_no_label_of_a_run(colours: Path) -> None:
    config = config_of(colours)
    before = config.photos()
    (colours / "amber").mkdir()
    (colours / "amber" / "1.png").write_bytes(photo((240, 170, 30), 99))
    assert config.photos() == before
    assert {item.name.split("/")[1]: item.label for item in before.items} == {"blue": 0, "green": 1, "red": 2}


def test_photos_that_are_of_other_classes_by_now_are_not_those_of_the_run(colours: Path) -> None:
    """What stood around all classes is one itself, as soon as there is another folder beside it."""
    config = config_of(colours.parent, called="mine")
    assert config.classes == ("blue", "green", "red")
    (colours.parent / "more").mkdir()
    (colours.parent / "more" / "1.png").write_bytes(photo((240, 170, 30), 99))
    with pytest.raises(ValueError, match=r"^12 of the 12 photos of Colours are not in mine any more\.$"):
        config.photos()


@pytest.fixture
def folder(colours: Path, tmp_path: Path) -> Path:
    """Of a run that has an epoch behind it, and no checkpoint any more."""
    config, made = config_of(colours), tmp_path / "run"
    prepare(config, made, resume=False)
    write_log(made / LOG, Epoch, [Epoch(1, 0.9, 0.5, 0.8, 0.6, 1.0)])
    return made


def test_a_run_without_its_checkpoint_is_not_begun_anew_over_what_it_has(folder: Path) -> None:
    config = RunConfig.read(folder)
    with pytest.raises(
        ValueError, match=rf"^The checkpoint of the run in .*, {CHECKPOINT}, is gone: the run"
    ):
        prepare(config, folder, resume=True)
    with pytest.raises(ValueError, match=r"holds a run already; resume it, or choose another folder\.$"):
        prepare(config, folder, resume=False)


def test_what_was_cut_off_before_its_first_epoch_begins_anew(folder: Path) -> None:
    write_log(folder / LOG, Epoch, [])
    prepare(replace(RunConfig.read(folder), settings=replace(QUICK, seed=1)), folder, resume=True)
    assert RunConfig.read(folder).settings.seed == 1
