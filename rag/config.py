"""One frozen settings object: arguments, then RAG_* environment variables, then rag.toml, then defaults."""

from __future__ import annotations

from pathlib import Path
from tomllib import TOMLDecodeError

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import UsageError


class Settings(BaseSettings):
    """Every choice a user can make. In the environment `RAG_INDEX`, in rag.toml `index = "…"`."""

    model_config = SettingsConfigDict(env_prefix="RAG_", toml_file="rag.toml", frozen=True, extra="forbid")

    index: Path = Path("index")
    embedding_model: str = "all-MiniLM-L6-v2"
    allow_download: bool = Field(False, description="let a named embedding model be fetched from its hub")
    chunk_tokens: int = Field(200, ge=32, description="word pieces a chunk aims at")
    passages: int = Field(10, ge=1, le=100, description="chunks that an answer may use")
    strictness: float = Field(
        0.5, ge=0, le=1, description="0 answers everything, 1 refuses everything; 0.5 is the calibrated point"
    )
    max_file_mb: int = Field(50, ge=1)
    max_pages: int = Field(2000, ge=1)
    max_characters: int = Field(10_000_000, ge=1)
    max_seconds: int = Field(60, ge=1, description="time to read one file")
    max_memory_mb: int = Field(2048, ge=256, description="memory to read one file")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**arguments: object) -> Settings:
    """Settings with the given arguments on top; None means "not given". Raises UsageError."""
    given = {key: value for key, value in arguments.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except TOMLDecodeError as error:
        raise UsageError(f"rag.toml is not valid TOML ({error}): mend it, or move it away") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"Setting {name!r}: {first['msg'].lower()}; set it by argument, RAG_{name.upper()} or rag.toml"
        ) from error
