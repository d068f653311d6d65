"""What the environment says: typed reading of every variable the project knows."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)


def var_dir() -> Path:
    """The folder of everything the running program writes; made on first use, readable by its owner only."""
    folder = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """SECRET_KEY from the environment; without one a key of this machine is made once and kept in the var folder."""
    if key := env.str("SECRET_KEY", ""):
        return key
    file = folder / "secret-key"
    if not file.exists():
        made = folder / f"secret-key-{secrets.token_hex(8)}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # Somebody else was first; theirs stays.
            file.hardlink_to(made)
        made.unlink()
    return file.read_text()


def database(folder: Path) -> dict[str, Any]:
    """DATABASE_URL, or SQLite in the var folder, with the options each of them needs to be safe."""
    config: dict[str, Any] = env.dj_db_url("DATABASE_URL", f"sqlite:///{folder / 'backoffice.sqlite3'}")
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; "
            "PRAGMA temp_store=MEMORY;",
        }
    else:
        config["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)
        config["CONN_HEALTH_CHECKS"] = True
    return config


def broker(folder: Path) -> tuple[str, dict[str, Any]]:
    """BROKER_URL with its transport options, or folders below the var folder that need no server."""
    url = env.str("BROKER_URL", "filesystem://localhost")
    if not url.startswith("filesystem"):
        return url, {"visibility_timeout": 6 * 3600} if url.startswith("redis") else {}
    folders = {name: folder / "broker" / name for name in ("messages", "processed", "control")}
    for path in folders.values():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return url, {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        "store_processed": True,
        "polling_interval": 0.1,
    }
