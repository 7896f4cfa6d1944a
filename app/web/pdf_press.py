"""The printing press: sets one page of ours as a tagged PDF, in a process of its own.

    python -m app.web.pdf_press < job.json > report.pdf

`app.web.pdf` runs it; the job is `{"html", "made_at", "files": [{"name", "media_type",
"description", "relationship", "data"}]}` with `data` in Base64. Nothing is fetched and no file is
opened for a page: all that belongs to it stands in the job. Without Pango the import of WeasyPrint
fails, and so does this process, not the service.
"""

import base64
import io
import json
import os
import resource
import sys
from datetime import datetime
from typing import Any, NoReturn

from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError

VARIANT = "pdf/ua-1"
CPU_SECONDS = 60
MEMORY_BYTES = 1024 * 1024 * 1024


def limit_process() -> None:
    """No more computing time and memory than a report may cost, no core dump, no file written; and
    whoever waits for an ordinary answer comes first.
    """
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def press(job: dict[str, Any]) -> bytes:
    """The PDF: PDF/UA-1 with bookmarks, and the job's files attached as they are.

    Raises FatalURLFetchingError for a page that wants anything from anywhere.
    """
    made_at = datetime.fromisoformat(job["made_at"])
    files = job["files"]
    attachments = [
        Attachment(
            file_obj=io.BytesIO(base64.b64decode(each["data"])),
            name=each["name"],
            description=each["description"],
            created=made_at,
            modified=made_at,
        )
        for each in files
    ]
    page = HTML(string=job["html"], url_fetcher=_refuse)
    relations = {each["name"]: (each["media_type"], each["relationship"]) for each in files}

    def finish(_document: Any, pdf: Any) -> None:
        _relate(pdf, relations)

    data: bytes = page.write_pdf(attachments=attachments, pdf_variant=VARIANT, finisher=finish)
    return data


def _refuse(url: str) -> NoReturn:
    raise FatalURLFetchingError(f"a page wants {url[:80]}")


def _relate(pdf: Any, relations: dict[str, tuple[str, str]]) -> None:
    """Say of each attached file what it is to the report (ISO 32000-2 section 14.13).

    WeasyPrint says it for PDF/A only, and guesses the media type from the file's name.
    """
    by_reference = {each.reference: each for each in pdf.objects}
    found = [each for each in pdf.objects if _is_file(each)]
    for each in found:
        media_type, relationship = relations[each["UF"].string]
        each["AFRelationship"] = f"/{relationship}"
        stream = by_reference[each["EF"]["F"]]
        stream.extra["Subtype"] = "/" + media_type.replace("/", "#2f")
    pdf.catalog["AF"] = b"[" + b" ".join(each.reference for each in found) + b"]"


def _is_file(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("Type") == "/Filespec"


def main() -> None:
    """Read a job, write a PDF."""
    limit_process()
    sys.stdout.buffer.write(press(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
