"""Puts files in the place of others, so that whoever reads one sees the old or the new one."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from scripts.shared.errors import UserError
from scripts.shared.modes import make_shared, share


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all; none where one can't be written.

    A file that is there keeps its rights, and a link stays one: the file that it leads to is
    replaced. Who may read a new one, and its folder, is the user's umask's to say. Raises UserError
    where a file can't be written.
    """
    written: dict[Path, Path] = {}
    target = Path()
    try:
        for path, content in contents.items():
            target = path.resolve()
            make_shared(target.parent)
            beside = f".{target.name}-"
            with NamedTemporaryFile(dir=target.parent, prefix=beside, delete=False) as new:
                written[target] = Path(new.name)
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
            if target.exists():
                shutil.copymode(target, written[target])
            else:
                share(written[target])
        for target, file in written.items():
            file.replace(target)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        for file in written.values():
            file.unlink(missing_ok=True)
