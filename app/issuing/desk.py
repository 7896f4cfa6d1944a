"""What issuing needs besides a database: the key store, the contexts, the settings."""

from dataclasses import dataclass, field

from app.jsonld.contexts import ContextBundle, load_contexts
from app.keys.signer import KeyStore, Signer, open_key_store
from app.registry.key_documents import verification_method_of
from app.settings import Settings
from app.storage.tables import Issuer, Key


@dataclass(frozen=True)
class IssuingDesk:
    """The tools on the desk of whoever issues; made once per process."""

    key_store: KeyStore
    contexts: ContextBundle
    settings: Settings

    def signer(self, issuer: Issuer, key: Key) -> Signer:
        """The private half of one of the issuer's keys; raises KeyStoreError."""
        return self.key_store.load(key.signer_uri, verification_method_of(issuer, key))

    def credential_url(self, credential_id: str) -> str:
        """Where a credential of this service is served."""
        return f"{self.settings.public_url}/credentials/{credential_id}"

    def status_list_url(self, list_id: str) -> str:
        """Where a status list of this service is served."""
        return f"{self.settings.public_url}/status/{list_id}"


def open_issuing(settings: Settings) -> IssuingDesk:
    """The key store and the contexts, both checked; raises KeyStoreError or ContextFolderError."""
    passphrase = settings.key_passphrase.get_secret_value() if settings.key_passphrase else None
    return IssuingDesk(
        open_key_store(settings.keys, passphrase), load_contexts(settings.contexts), settings
    )


@dataclass(frozen=True)
class ManySignatures(IssuingDesk):
    """The same for a piece of work with many signatures: each key is opened once for all of it.

    Not to be kept: that a key's file is still as it should be is looked at when it is opened.
    """

    opened: dict[str, Signer] = field(default_factory=dict, repr=False)

    def signer(self, issuer: Issuer, key: Key) -> Signer:
        """The private half of one of the issuer's keys; raises KeyStoreError."""
        if key.id not in self.opened:
            self.opened[key.id] = super().signer(issuer, key)
        return self.opened[key.id]
