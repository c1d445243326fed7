"""Settings: from the environment (prefix ARCHIVE_) or a .env file. Read at the edges (web, cli) and passed inward."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.ingest.fetch.limits import PORTS, Limits
from app.language import DEFAULT, TRANSLATIONS, read
from app.search.thesaurus import SHIPPED


class Settings(BaseSettings):
    """data_dir: where database and index live. database_url, index_url: elsewhere, if set. base_url: what permalinks
    begin with. translations: the folder of languages other than English. locale: the language of pages, and how they
    write numbers and dates (`en-GB`). thesaurus: the file of aliases. poll: whether the serving process polls feeds.
    fetch_*: how far fetching from the web may go; private opens loopback and private networks to it."""

    model_config = SettingsConfigDict(env_prefix="ARCHIVE_", env_file=".env", extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""
    index_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    title: str = Field(default="Policy Archive", max_length=200)
    translations: Path = TRANSLATIONS
    locale: str = Field(default=DEFAULT, validate_default=True)
    thesaurus: Path = SHIPPED
    poll: bool = False
    fetch_private: bool = False
    fetch_ports: Annotated[tuple[int, ...], NoDecode] = PORTS
    fetch_seconds: float = Field(default=60, gt=0, le=3600)
    fetch_megabytes: int = Field(default=32, ge=1, le=1024)
    fetch_delay: float = Field(default=1, ge=0, le=3600)

    @field_validator("fetch_ports", mode="before")
    @classmethod
    def _ports(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("locale")
    @classmethod
    def _speakable(cls, value: str, read_before: ValidationInfo) -> str:
        read(value, read_before.data["translations"])
        return value

    @property
    def fetching(self) -> Limits:
        return Limits(
            most_bytes=self.fetch_megabytes * 1024 * 1024,
            seconds=self.fetch_seconds,
            delay=self.fetch_delay,
            ports=self.fetch_ports,
            private=self.fetch_private,
        )

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'archive.sqlite3').absolute()}"

    @property
    def index_folder(self) -> Path:
        """Raises ValueError for an index_url that is not `whoosh://` and a folder."""
        if not self.index_url:
            return (self.data_dir / "index").absolute()
        if not self.index_url.startswith("whoosh://") or len(self.index_url) == len("whoosh://"):
            raise ValueError(
                f"ARCHIVE_INDEX_URL is {self.index_url!r}; this version reads whoosh:// and a folder, e.g. whoosh:///srv/index"
            )
        return Path(self.index_url.removeprefix("whoosh://")).absolute()
