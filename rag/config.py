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

from rag.bfloat16 import Precision
from rag.errors import UsageError
from rag.types import Mode


class Settings(BaseSettings):
    """Every choice a user can make. In the environment `RAG_INDEX`, in rag.toml `index = "…"`."""

    model_config = SettingsConfigDict(env_prefix="RAG_", toml_file="rag.toml", frozen=True, extra="forbid")

    index: Path = Path("index")
    embedding_model: str = "all-MiniLM-L6-v2"
    allow_download: bool = Field(False, description="let a named embedding model be fetched from its hub")
    precision: Precision = Field(
        Precision.AUTO, description="of the bundled model: float32, bfloat16, or auto by the size of the run"
    )
    chunk_tokens: int = Field(200, ge=32, description="word pieces a chunk aims at")
    passages: int = Field(10, ge=1, le=100, description="chunks that an answer may use")
    strictness: float = Field(
        0.5, ge=0, le=1, description="0 answers everything, 1 refuses everything; 0.5 is the calibrated point"
    )
    mode: Mode | None = Field(None, description="quote or write; write where a chat model is named")
    chat_model: str | None = Field(None, description="a LangChain chat model, such as ollama:qwen3:4b")
    chat_base_url: str | None = Field(None, description="address of an OpenAI-compatible or Ollama server")
    chat_context: int = Field(4096, ge=512, description="tokens that a prompt and its answer may have")
    chat_answer: int = Field(700, ge=64, description="tokens that a written answer may have")
    chat_temperature: float = Field(0.0, ge=0, le=2)
    chat_patience: int = Field(120, ge=1, description="seconds without a token after which a model is down")
    chat_seconds: int = Field(600, ge=1, description="seconds that a whole written answer may take")
    chat_retries: int = Field(2, ge=0, description="times a provider's library tries again")
    chat_history: int = Field(1000, ge=0, description="tokens of a conversation that are kept in mind")
    chat_rewrites: bool = Field(
        False, description="show a chat model its struck sentences, and let it try again"
    )
    answer_cache: Path | None = Field(None, description="a file that keeps what chat models wrote")
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
