"""Private keys in files: made once, readable by their owner alone, shown to nobody."""

import logging
import os
import re
import shutil
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.errors import KeyStoreError
from app.keys.file_store import FileKeyStore, FileSigner
from app.keys.signer import KeyStore, open_key_store

METHOD = "did:web:badges.inverbrae.example#key"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def _store(folder: Path, passphrase: str | None = None) -> KeyStore:
    return open_key_store(f"file:{folder}", passphrase)


def _file(folder: Path, uri: str) -> Path:
    return folder / f"{uri.removeprefix('file:')}.pem"


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
@pytest.mark.parametrize(("key_type", "algorithm"), [("Ed25519", "EdDSA"), ("P-256", "ES256")])
def test_a_key_that_was_made_signs(
    folder: Path, key_type: str, algorithm: str, passphrase: str | None
) -> None:
    uri, public_key = _store(folder, passphrase).generate(key_type)

    signer = _store(folder, passphrase).load(uri, METHOD)

    assert signer.verification_method == METHOD
    assert signer.algorithm == algorithm
    assert signer.public_key.to_jwk() == public_key.to_jwk()
    for n in range(20):  # enough that some r or s starts with a zero byte now and then
        data = str(n).encode()
        signature = signer.sign(data)
        assert len(signature) == 64
        public_key.verify(algorithm, data, signature)


def test_a_key_of_another_type_cannot_be_made(folder: Path) -> None:
    with pytest.raises(KeyStoreError, match="P-384"):
        _store(folder).generate("P-384")


def test_files_and_folder_belong_to_their_owner_alone(folder: Path) -> None:
    earlier = os.umask(0)
    try:
        uri, _ = _store(folder).generate("Ed25519")
    finally:
        os.umask(earlier)

    assert _file(folder, uri).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_key_is_never_written_over_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _store(folder)
    uri, _ = store.generate("Ed25519")
    before = _file(folder, uri).read_bytes()
    monkeypatch.setattr("app.keys.file_store.uuid.uuid4", lambda: uri.removeprefix("file:"))

    with pytest.raises(FileExistsError):
        store.generate("Ed25519")

    assert _file(folder, uri).read_bytes() == before


# --- what stops the service ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
def test_a_file_that_others_may_use_is_refused(folder: Path, mode: int) -> None:
    store = _store(folder)
    uri, _ = store.generate("Ed25519")
    _file(folder, uri).chmod(mode)

    with pytest.raises(KeyStoreError, match="chmod 600"):
        _store(folder)
    with pytest.raises(KeyStoreError, match="chmod 600"):
        store.load(uri, METHOD)


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_change_is_refused(folder: Path, mode: int) -> None:
    _store(folder)
    folder.chmod(mode)

    with pytest.raises(KeyStoreError, match="go-w"):
        _store(folder)


def test_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    store = _store(folder)
    uri, _ = store.generate("Ed25519")
    elsewhere = tmp_path / "elsewhere.pem"
    _file(folder, uri).rename(elsewhere)
    _file(folder, uri).symlink_to(elsewhere)

    with pytest.raises(KeyStoreError, match="not a link"):
        _store(folder)
    with pytest.raises(KeyStoreError, match="not a link"):
        store.load(uri, METHOD)


def test_a_file_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _store(folder).generate("Ed25519")
    owner = os.geteuid()
    monkeypatch.setattr("app.keys.file_store.os.geteuid", lambda: owner + 1)

    with pytest.raises(KeyStoreError, match="another user"):
        _store(folder)


def test_other_files_in_the_folder_do_not_matter(folder: Path) -> None:
    _store(folder)
    (folder / "README.md").write_text("Private keys live here.")

    _store(folder)


@pytest.mark.parametrize(
    "uri", ["", "keys", "file:", "pkcs11:token", "/keys", "awskms:alias/signet", ":keys"]
)
def test_a_store_of_another_kind_is_refused(uri: str) -> None:
    with pytest.raises(KeyStoreError) as refusal:
        open_key_store(uri, None)

    assert refusal.value.code == "key_store"


@pytest.mark.parametrize(
    "uri",
    [
        "file:../../etc/passwd",
        "file:",
        "vault:x",
        "file:00000000-0000-0000-0000-000000000000\n",
        "file:00000000-0000-0000-0000-00000000000/",
    ],
)
def test_a_uri_that_is_no_key_of_the_store_is_refused(folder: Path, uri: str) -> None:
    with pytest.raises(KeyStoreError, match="is not a key of this store"):
        _store(folder).load(uri, METHOD)


def test_a_missing_key_is_named(folder: Path) -> None:
    uri = "file:00000000-0000-0000-0000-000000000000"

    with pytest.raises(KeyStoreError, match=f"{uri} is missing"):
        _store(folder).load(uri, METHOD)


@pytest.mark.parametrize(
    ("written", "opened"),
    [(PASSPHRASE, "wrong"), (PASSPHRASE, None), (PASSPHRASE, ""), (None, PASSPHRASE)],
)
def test_the_wrong_passphrase_opens_nothing(
    folder: Path, written: str | None, opened: str | None
) -> None:
    uri, _ = _store(folder, written).generate("Ed25519")

    with pytest.raises(KeyStoreError, match="SIGNET_KEY_PASSPHRASE"):
        _store(folder, opened).load(uri, METHOD)


def _foreign_key(folder: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    name = "00000000-0000-0000-0000-000000000000"
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    path.chmod(0o600)
    return f"file:{name}"


FOREIGN: dict[str, Callable[[], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]] = {
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_key_of_another_kind_is_not_loaded(folder: Path, kind: str) -> None:
    store = _store(folder)
    uri = _foreign_key(folder, FOREIGN[kind]())

    with pytest.raises(KeyStoreError, match="of another kind"):
        store.load(uri, METHOD)


# --- what is in the files -----------------------------------------------------------------------


def _openssl(*arguments: str) -> str:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to read the key files with")
    return subprocess.run(
        ["openssl", *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("key_type", ["Ed25519", "P-256"])
def test_openssl_reads_an_encrypted_file(folder: Path, key_type: str) -> None:
    uri, public_key = _store(folder, PASSPHRASE).generate(key_type)

    pem = _openssl(
        "pkey", "-in", str(_file(folder, uri)), "-passin", f"pass:{PASSPHRASE}", "-pubout"
    )

    assert serialization.load_pem_public_key(pem.encode()) == public_key.handle


def test_an_encrypted_file_is_made_with_scrypt(folder: Path) -> None:
    uri, _ = _store(folder, PASSPHRASE).generate("Ed25519")

    structure = _openssl("asn1parse", "-in", str(_file(folder, uri)))

    assert re.search(r"PBES2.*scrypt.*:4000\b.*aes-256-cbc", structure, re.DOTALL)


def test_two_encrypted_files_share_no_salt(folder: Path) -> None:
    store = _store(folder, PASSPHRASE)
    contents = [_file(folder, store.generate("Ed25519")[0]).read_text() for _ in range(2)]

    assert contents[0][100:140] != contents[1][100:140]


# --- what is never shown ------------------------------------------------------------------------


def _secrets(folder: Path, uri: str) -> list[str]:
    pem = _file(folder, uri).read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    raw = key.private_bytes_raw()
    return [raw.hex(), repr(raw), str(raw), pem.decode().splitlines()[1]]


def test_nothing_shows_the_private_key(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store = FileKeyStore(str(folder), None)
    store.check()
    uri, _ = store.generate("Ed25519")
    signer = store.load(uri, METHOD)
    signer.sign(b"data")
    _file(folder, uri).chmod(0o644)
    with pytest.raises(KeyStoreError) as refusal:
        store.load(uri, METHOD)
    shown = [repr(store), repr(signer), str(signer), caplog.text]
    shown += traceback.format_exception(refusal.value)

    assert not [secret for secret in _secrets(folder, uri) for text in shown if secret in text]
    assert repr(signer) == f"<FileSigner {METHOD}>"


def test_nothing_shows_the_passphrase(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    uri, _ = _store(folder, "another one").generate("Ed25519")
    store = FileKeyStore(str(folder), PASSPHRASE)
    with pytest.raises(KeyStoreError) as refusal:
        store.load(uri, METHOD)

    shown = [repr(store), caplog.text, *traceback.format_exception(refusal.value)]

    assert not [text for text in shown if PASSPHRASE in text]


def test_an_encrypted_key_is_opened_once_and_its_file_looked_at_each_time(tmp_path: Path) -> None:
    store = FileKeyStore(str(tmp_path), "correct horse battery staple")
    store.check()
    uri, _ = store.generate("Ed25519")
    store.load(uri, "did:example:issuer#one")
    path = tmp_path / f"{uri.removeprefix('file:')}.pem"
    path.write_bytes(b"no key any more, and not read again")
    store.load(uri, "did:example:issuer#one").sign(b"data")

    path.chmod(0o644)
    with pytest.raises(KeyStoreError):
        store.load(uri, "did:example:issuer#one")


def test_a_signature_is_the_one_that_openssl_makes() -> None:
    for seed in range(40):
        private_key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

        signature = FileSigner(private_key, "did:example:a#key").sign(b"data" * seed)

        assert signature == private_key.sign(b"data" * seed)
