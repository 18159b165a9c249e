"""The Gemini API, as far as the tests need it, as a server of the tests: https://ai.google.dev/api.

aimock has no model list and no embeddings for Gemini, and knows only the older version of the API.
"""

from __future__ import annotations

from typing import Any

from .servers import Answer, Asked, Reply, refuses, routes, says, streams

GOOD_KEY = "AIzaSyMadeUpForTheTests0123456789abcdef"
REFUSED = {
    "error": {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"},
            }
        ],
    }
}
EXHAUSTED = {
    "error": {
        "code": 429,
        "message": "You exceeded your current quota.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [
            {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"},
        ],
    }
}
MODELS = (
    {
        "name": "models/gemini-3.8-flash",
        "displayName": "Gemini 3.8 Flash",
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    },
    {
        "name": "models/gemini-embedding-2",
        "displayName": "Gemini Embedding 2",
        "supportedGenerationMethods": ["embedContent", "countTextTokens"],
    },
    {"name": "models/aqa", "displayName": "Attributed answers", "supportedGenerationMethods": ["generateAnswer"]},
)


def chunk(*texts: str, thought: bool = False, reason: str = "", usage: tuple[int, int, int] | None = None) -> Any:
    """Return one chunk of an answer. ``usage`` has the tokens of prompt, candidates and thoughts."""
    parts = [{"text": text, "thought": True} if thought else {"text": text} for text in texts]
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
    counts = dict(zip(("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"), usage or (), strict=False))
    return {
        "candidates": [{**candidate, "finishReason": reason} if reason else candidate],
        "modelVersion": "gemini-3.8-flash-001",
        **({"usageMetadata": counts} if counts else {}),
    }


ANSWER = (chunk("Hello "), chunk("from ours.", reason="STOP", usage=(3, 5, 0)))


def gemini(key: str = GOOD_KEY) -> Answer:
    """Answer as a whole Gemini API that accepts this key only. It lists two models on a first page and one on a second."""
    works = routes(
        {
            "/v1/models": _models,
            ":batchEmbedContents": _embed,
            ":streamGenerateContent": streams(ANSWER, done=None),
        }
    )

    def answer(asked: Asked, reply: Reply) -> None:
        (works if asked.headers.get("x-goog-api-key") == key else says(REFUSED, 400))(asked, reply)

    return answer


def _models(asked: Asked, reply: Reply) -> None:
    if "pageToken=more" in asked.path:
        says({"models": MODELS[2:]})(asked, reply)
    else:
        says({"models": MODELS[:2], "nextPageToken": "more"})(asked, reply)


def _embed(asked: Asked, reply: Reply) -> None:
    requests = asked.json["requests"]
    if any(len(request["content"]["parts"]) != 1 for request in requests):
        return refuses(400, "one part each, please")(asked, reply)
    lengths = [len(request["content"]["parts"][0]["text"]) for request in requests]
    return says({"embeddings": [{"values": [length / 4, 0.5]} for length in lengths]})(asked, reply)
