import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import KeyStoreError
from app.keys.file_store import FileKeyStore
from app.keys.sealing import seal, unseal
from app.keys.signer import open_key_store

PLACE = "outbox/1"


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_what_was_sealed_opens_in_the_next_process(tmp_path: Path, passphrase: str | None) -> None:
    uri = f"file:{tmp_path / 'keys'}"
    sealed = seal(open_key_store(uri, passphrase), b"ailsa@example.org", place=PLACE)

    assert b"ailsa" not in sealed
    assert unseal(open_key_store(uri, passphrase), sealed, place=PLACE) == b"ailsa@example.org"


def test_equal_texts_have_different_seals(tmp_path: Path) -> None:
    store = open_key_store(f"file:{tmp_path}", None)

    assert seal(store, b"same", place=PLACE) != seal(store, b"same", place=PLACE)


def test_a_seal_opens_nowhere_else(tmp_path: Path) -> None:
    store = open_key_store(f"file:{tmp_path / 'a'}", None)
    other = open_key_store(f"file:{tmp_path / 'b'}", None)
    sealed = seal(store, b"secret", place=PLACE)

    for opener, given, place in (
        (store, sealed, "outbox/2"),
        (other, sealed, PLACE),
        (store, b"", PLACE),
        (store, sealed[:-1] + bytes([sealed[-1] ^ 1]), PLACE),
    ):
        with pytest.raises(KeyStoreError, match="does not open"):
            unseal(opener, given, place=place)


def test_the_file_is_kept_as_strictly_as_the_keys(tmp_path: Path) -> None:
    FileKeyStore(str(tmp_path), None).sealing_key()
    [file] = tmp_path.iterdir()
    assert file.name == "seal.pem"
    file.chmod(0o644)

    with pytest.raises(KeyStoreError, match="chmod 600"):
        open_key_store(f"file:{tmp_path}", None)
    with pytest.raises(KeyStoreError, match="chmod 600"):
        FileKeyStore(str(tmp_path), None).sealing_key()


def test_processes_that_begin_together_have_one_key(tmp_path: Path) -> None:
    stores = [FileKeyStore(str(tmp_path), None) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(FileKeyStore.sealing_key, stores))

    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["seal.pem"]


def test_whoever_comes_second_takes_the_key_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FileKeyStore(str(tmp_path / "first"), None)
    first.check()
    key = first.sealing_key()
    late = FileKeyStore(str(tmp_path / "late"), None)
    late.check()
    write = FileKeyStore._write

    def overtaken(store: FileKeyStore, name: str, private_key: object) -> None:
        write(store, name, private_key)  # type: ignore[arg-type]
        shutil.copy(tmp_path / "first" / "seal.pem", tmp_path / "late" / "seal.pem")

    monkeypatch.setattr(FileKeyStore, "_write", overtaken)

    assert late.sealing_key() == key
