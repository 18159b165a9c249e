"""Embedding on Bedrock, where each family of models has a format of its own.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiconn_nb.model.errors import FailureKind, ProviderFailed

from .base import Embeddings, Usage

_COUNT = "x-amzn-bedrock-input-token-count"
"""The header in which Bedrock counts the tokens, whichever model answered."""


def embed(client: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    """One vector per text. ``model`` may be an id, an inference profile or an ARN, as long as the family is in it.

    Raises `ProviderFailed` (bad request) for a family whose format is not known here.
    """
    if "cohere.embed" in model:
        return _cohere(client, texts, model, dimensions)
    if "titan-embed" in model:
        answers = [_titan(client, text, model, dimensions) for text in texts]
        counts = [count for _, count in answers if count is not None]
        return Embeddings(
            [vector for vector, _ in answers], Usage(sum(counts) if len(counts) == len(answers) else None)
        )
    raise ProviderFailed(
        FailureKind.BAD_REQUEST,
        f"'{model}' is none of the embedding models whose format is known here.",
        "Amazon Titan (amazon.titan-embed-...) and Cohere (cohere.embed-...) are; for others call client.invoke_model.",
    )


def _titan(client: Any, text: str, model: str, dimensions: int | None) -> tuple[list[float], int | None]:
    asked: dict[str, Any] = {"inputText": text}
    if dimensions is not None and "embed-image" in model:
        asked["embeddingConfig"] = {"outputEmbeddingLength": dimensions}
    elif dimensions is not None:
        asked["dimensions"] = dimensions
    answer, count = _invoke(client, model, asked)
    return list(answer["embedding"]), answer.get("inputTextTokenCount", count)


def _cohere(client: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    # The format wants to know what the vectors are for; what is kept to be searched is the usual thing.
    asked: dict[str, Any] = {"texts": list(texts), "input_type": "search_document"}
    if dimensions is not None:
        asked["output_dimension"] = dimensions
    answer, count = _invoke(client, model, asked)
    told = answer["embeddings"]
    # Version 4 may answer by type.
    vectors = told["float"] if isinstance(told, dict) else told
    if len(vectors) != len(texts):
        raise TypeError("not one vector per text")
    return Embeddings([list(vector) for vector in vectors], Usage(count))


def _invoke(client: Any, model: str, asked: Mapping[str, Any]) -> tuple[dict[str, Any], int | None]:
    answer = client.invoke_model(
        modelId=model, body=json.dumps(asked), contentType="application/json", accept="application/json"
    )
    count = str(answer["ResponseMetadata"]["HTTPHeaders"].get(_COUNT, ""))
    return json.loads(answer["body"].read()), int(count) if count.isdecimal() else None
