"""Amazon Bedrock, as far as the tests need it, as a server of the tests.

botocore cannot read aimock's stream, and aimock refuses signed requests if it expects keys and lists no models. This server writes
errors as https://docs.aws.amazon.com/bedrock/latest/APIReference does, and the stream in AWS's binary framing, which
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html describes.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

from .servers import Answer, Asked, Reply, routes, says

GOOD_KEY = "AKIAMADEUPFORTESTS01"
WRONG_KEY = "AKIANOTACCEPTEDHERE2"
STREAM = "application/vnd.amazon.eventstream"


def frame(payload: Mapping[str, Any], **headers: str) -> bytes:
    """Return one message: lengths, their checksum, headers, payload, and a checksum of it all. ``event_type`` is
    ``:event-type``."""
    head = b"".join(
        struct.pack("!B", len(name) + 1)
        + f":{name.replace('_', '-')}".encode()
        + struct.pack("!BH", 7, len(value))
        + value
        for name, value in ((name, value.encode()) for name, value in headers.items())
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", len(head) + len(body) + 16, len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + body
    return message + struct.pack("!I", crc32(message))


def event(kind: str, payload: Mapping[str, Any]) -> bytes:
    """Return one event of an answer."""
    return frame(payload, event_type=kind, content_type="application/json", message_type="event")


def failure(kind: str, message: str) -> bytes:
    """Return an error within a stream."""
    return frame({"message": message}, exception_type=kind, content_type="application/json", message_type="exception")


def text(piece: str) -> bytes:
    """Return a piece of the answer."""
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})


START = event("messageStart", {"role": "assistant"})
REASONING = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Hm."}}})
STOP = event("contentBlockStop", {"contentBlockIndex": 0}) + event("messageStop", {"stopReason": "end_turn"})
USAGE = {"inputTokens": 3, "outputTokens": 5, "totalTokens": 8}
METADATA = event("metadata", {"usage": USAGE, "metrics": {"latencyMs": 1}})
ANSWER = (START, text("Hello "), text("from ours."), STOP, METADATA)


def streams(*frames: bytes, then: Callable[[Reply], None] = lambda reply: reply.chunk(b"")) -> Answer:
    """Send these frames and then the end, or do something else with ``then=Reply.cut`` or ``then=Reply.wait_for_hang_up``."""

    def answer(asked: Asked, reply: Reply) -> None:
        reply.start(STREAM)
        for each in frames:
            reply.chunk(each)
        then(reply)

    return answer


def refuses(status: int, code: str, message: str = "No.", **headers: str) -> Answer:
    """Answer with an error as AWS does, whose code is in a header."""
    return says({"message": message}, status, x_amzn_ErrorType=f"{code}:http://internal.amazon.com/", **headers)


def converses(*frames: bytes) -> Answer:
    """Answer as a Bedrock whose chat consists of these frames."""
    return routes({"/converse-stream": streams(*frames)})


def model(id: str, name: str, output: str = "TEXT", called: str = "ON_DEMAND") -> dict[str, Any]:
    """Return one entry of ListFoundationModels."""
    return {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{id}",
        "modelId": id,
        "modelName": name,
        "providerName": "Amazon" if id.startswith("amazon.") else "Anthropic",
        "inputModalities": ["TEXT"],
        "outputModalities": [output],
        "responseStreamingSupported": True,
        "inferenceTypesSupported": [called],
        "modelLifecycle": {"status": "ACTIVE"},
    }


MODELS = (
    model("amazon.nova-lite-v1:0", "Nova Lite"),
    model("amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "EMBEDDING"),
    model("anthropic.claude-sonnet-5-v1:0", "Claude Sonnet 5", called="INFERENCE_PROFILE"),
    model("amazon.titan-image-generator-v2:0", "Titan Image Generator", "IMAGE"),
)


def profile(id: str, name: str, model: str) -> dict[str, Any]:
    """Return one entry of ListInferenceProfiles."""
    arn = "arn:aws:bedrock:us-east-1"
    return {
        "inferenceProfileId": id,
        "inferenceProfileName": name,
        "inferenceProfileArn": f"{arn}:123456789012:inference-profile/{id}",
        "models": [{"modelArn": f"{arn}::foundation-model/{model}"}],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def bedrock(profiles: Answer | None = None) -> Answer:
    """Answer as a whole Bedrock that accepts `GOOD_KEY` only. It lists inference profiles on two pages."""
    works = routes(
        {
            "/foundation-models": says({"modelSummaries": MODELS}),
            "/inference-profiles": profiles or _profiles,
            "/converse-stream": streams(*ANSWER),
            "/invoke": _embed,
        }
    )
    refused = refuses(403, "UnrecognizedClientException", "The security token included in the request is invalid.")

    def answer(asked: Asked, reply: Reply) -> None:
        signed = re.search(r"Credential=([A-Z0-9]+)/", asked.headers.get("authorization", ""))
        (works if signed and signed[1] == GOOD_KEY else refused)(asked, reply)

    return answer


def _profiles(asked: Asked, reply: Reply) -> None:
    first = profile("us.anthropic.claude-sonnet-5-v1:0", "US Claude Sonnet 5", "anthropic.claude-sonnet-5-v1:0")
    second = profile("eu.amazon.nova-lite-v1:0", "EU Nova Lite", "amazon.nova-lite-v1:0")
    more = "nextToken=more" in asked.path
    page: dict[str, Any] = {"inferenceProfileSummaries": [second if more else first]}
    says(page if more else {**page, "nextToken": "more"})(asked, reply)


def _embed(asked: Asked, reply: Reply) -> None:
    count = {"X_Amzn_Bedrock_Input_Token_Count": "4"}
    texts = asked.json.get("texts") or [asked.json["inputText"]]
    vectors = [[len(each) / 4, 0.5] for each in texts]
    if "titan" in asked.path:
        says({"embedding": vectors[0], "inputTextTokenCount": 2})(asked, reply)
    elif "v4" in asked.path:
        says({"embeddings": {"float": vectors}, "response_type": "embeddings_by_type"}, **count)(asked, reply)
    else:
        says({"embeddings": vectors, "response_type": "embeddings_floats"}, **count)(asked, reply)
