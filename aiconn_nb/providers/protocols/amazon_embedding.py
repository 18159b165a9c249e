"""Embedding on Bedrock. Each family of models has its own format.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiconn_nb.errors import FailureKind, ProviderFailed

from ..base import Embeddings, Usage
from ..failures.classifying import SaidError, Unreadable, read_json
from ..failures.told import says_an_error
from ..values.server_numbers import count as tokens
from .token_counts import total
from .vectors import in_order, vector

_COUNT = "x-amzn-bedrock-input-token-count"
"""The header with Bedrock's token count, for every model."""


def embed(client: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    """Return one vector per text. ``model`` may be an id, an inference profile or an ARN that contains the family's name.

    Raises `ProviderFailed` (bad request) for a family with an unknown format.
    """
    if "cohere.embed" in model:
        return _cohere(client, texts, model, dimensions)
    if "titan-embed" in model:
        answers = [_titan(client, text, model, dimensions) for text in texts]
        return Embeddings(
            [vector for vector, _ in answers], Usage(total(Usage(count) for _, count in answers).input_tokens)
        )
    raise ProviderFailed(
        FailureKind.BAD_REQUEST,
        f"'{model}' is not an embedding model with a known format.",
        "Amazon Titan (amazon.titan-embed-...) and Cohere (cohere.embed-...) are; for others call client.invoke_model.",
    )


def _titan(client: Any, text: str, model: str, dimensions: int | None) -> tuple[list[float], int | None]:
    asked: dict[str, Any] = {"inputText": text}
    if dimensions is not None and "embed-image" in model:
        asked["embeddingConfig"] = {"outputEmbeddingLength": dimensions}
    elif dimensions is not None:
        asked["dimensions"] = dimensions
    answer, count = _invoke(client, model, asked)
    by_type = answer.get("embeddingsByType")
    value = answer.get("embedding") or (by_type.get("float") if isinstance(by_type, Mapping) else None)
    if value is None:
        raise _no_vector(answer)
    return vector(value), tokens(answer.get("inputTextTokenCount", count))


def _cohere(client: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    # The format requires the purpose of the vectors; a searchable document is the usual one.
    asked: dict[str, Any] = {"texts": list(texts), "input_type": "search_document"}
    if dimensions is not None:
        asked["output_dimension"] = dimensions
    answer, count = _invoke(client, model, asked)
    found = answer.get("embeddings")
    if isinstance(found, Mapping):  # version 4 may group the vectors by type
        found = found.get("float") or found.get("base64")
    if not isinstance(found, list):
        raise _no_vector(answer)
    return Embeddings(in_order(found, len(texts)), Usage(count))


def _no_vector(answer: Mapping[str, Any]) -> Exception:
    return SaidError(answer) if says_an_error(answer) else Unreadable("the answer has no vector")


def _invoke(client: Any, model: str, asked: Mapping[str, Any]) -> tuple[dict[str, Any], int | None]:
    answer = client.invoke_model(
        modelId=model, body=json.dumps(asked), contentType="application/json", accept="application/json"
    )
    count = str(answer["ResponseMetadata"]["HTTPHeaders"].get(_COUNT, ""))
    body = read_json(answer["body"].read().decode("utf-8", "replace"))
    if not isinstance(body, dict):
        raise Unreadable("the answer has no vector")
    return body, tokens(count)
