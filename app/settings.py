"""Settings: from the environment (prefix ARCHIVE_) or a .env file. Read at the edges (web, cli) and passed inward."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.search.thesaurus import SHIPPED


class Settings(BaseSettings):
    """data_dir: where database and index live. database_url, index_url: elsewhere, if set. base_url: what permalinks
    begin with. thesaurus: the file of aliases."""

    model_config = SettingsConfigDict(env_prefix="ARCHIVE_", env_file=".env", extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""
    index_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    title: str = Field(default="Policy Archive", max_length=200)
    thesaurus: Path = SHIPPED

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
