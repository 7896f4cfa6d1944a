"""The only way out of the house.

Reading one https address, without trusting anything about it:

`make_fetch` reads the network, `fetch_from_documents` reads a mapping instead (`signet verify
--documents`); both are a `Fetch`, a function from an address to what was found there. For each
verification, wrap it to know what was visited and to keep the number of visits small:

    fetch, visited = record_fetches(make_fetch(timeout_seconds=5.0))
    fetch = budgeted(fetch)
    fetch("https://uni.example/issuers/law/did.json").body

Telling one address something is `make_post` (`posting.py`), through the same door; handing mail to
the operator's own server is `make_send_mail` (`smtp.py`).
"""

from app.fetch.budget import budgeted, record_fetches
from app.fetch.documents import fetch_from_documents
from app.fetch.https import make_fetch
from app.fetch.posting import Post, make_post, parse_webhook_address
from app.fetch.result import Fetch, Fetched
from app.fetch.smtp import MailRefused, SendMail, mail_server_of, make_send_mail

__all__ = [
    "Fetch",
    "Fetched",
    "MailRefused",
    "Post",
    "SendMail",
    "budgeted",
    "fetch_from_documents",
    "mail_server_of",
    "make_fetch",
    "make_post",
    "make_send_mail",
    "parse_webhook_address",
    "record_fetches",
]
