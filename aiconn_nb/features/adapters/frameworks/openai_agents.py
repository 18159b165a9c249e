"""OpenAI's agents SDK: ``OpenAIChatCompletionsModel`` with its own client. No traces are sent with another server's key."""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.values.access import Api


class OpenAIAgents(Adapter):
    """Models for agents of OpenAI's SDK."""

    id = "openai-agents"
    name = "OpenAI Agents SDK"
    packages: ClassVar = {Api.OPENAI: "openai-agents", Api.AZURE: "openai-agents"}
    modules: ClassVar = {Api.OPENAI: "agents", Api.AZURE: "agents"}
    imports = "from agents import Agent, RunConfig, Runner"
    lines = (
        'agent = Agent(name="Assistant", model=model)\n'
        "# The SDK sends traces to OpenAI unless it is told not to.\n"
        'result = await Runner.run(agent, "Say hello.", run_config=RunConfig(tracing_disabled=True))\n'
        "print(result.final_output)"
    )
    options = frozenset()

    def chat(self, model: Model) -> Any:
        from agents import OpenAIChatCompletionsModel

        return OpenAIChatCompletionsModel(model.id, openai_client=model.async_client)
