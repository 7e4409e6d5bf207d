"""The error tree. Each message says what happened and what to type next.

RagError                      caught by the CLI and the page; anything else is a defect
├── UsageError                the caller asked for something that cannot be; change the call
│   ├── DimensionError        vectors of two different sizes
│   └── TextTooLong           a text that the embedding model would silently cut off
├── DocumentError             one file cannot be read; the run goes on without it
│   ├── UnsupportedFormat     no reader for this kind of file
│   ├── EmptyDocument         nothing in it
│   ├── NoTextLayer           pages without text: a scan
│   ├── EncryptedDocument     needs a password
│   ├── OversizedDocument     larger, longer or slower than the limits allow
│   ├── DamagedDocument       not a valid file of its kind
│   └── FetchError            an address that does not answer with a document
├── IndexStateError           the index cannot be used as it is; the message names the command
│   ├── IndexMissing          nothing there yet
│   ├── IndexDamaged          not a readable database, or its parts contradict each other
│   ├── IndexTooNew           written by a newer version
│   ├── IndexMismatch         built with another embedding model or other settings
│   └── IndexBusy             another process is indexing
└── ModelError                a model cannot be loaded, or its file is not the one expected
    └── ChatModelError        a chat model does not answer; the quote answer takes its place
"""

from __future__ import annotations


class RagError(Exception):
    """Root of every error that a user can do something about."""


class UsageError(RagError):
    pass


class DimensionError(UsageError):
    pass


class TextTooLong(UsageError):
    pass


class DocumentError(RagError):
    pass


class UnsupportedFormat(DocumentError):
    pass


class EmptyDocument(DocumentError):
    pass


class NoTextLayer(DocumentError):
    pass


class EncryptedDocument(DocumentError):
    pass


class OversizedDocument(DocumentError):
    pass


class DamagedDocument(DocumentError):
    pass


class FetchError(DocumentError):
    pass


class IndexStateError(RagError):
    pass


class IndexMissing(IndexStateError):
    pass


class IndexDamaged(IndexStateError):
    pass


class IndexTooNew(IndexStateError):
    pass


class IndexMismatch(IndexStateError):
    pass


class IndexBusy(IndexStateError):
    pass


class ModelError(RagError):
    pass


class ChatModelError(ModelError):
    pass
