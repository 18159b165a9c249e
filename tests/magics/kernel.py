"""A kernel as a front end sees it: by its messages."""

from __future__ import annotations

from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager


class Kernel:
    """A separate kernel and a client of it."""

    def __init__(self, work: Path, name: str = "python3") -> None:
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=str(work))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def stop(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(
        self, code: str, *, allow_stdin: bool = False, interrupt: str = "", **metadata: Any
    ) -> list[dict[str, Any]]:
        """Run a cell and return its messages. With ``interrupt``, interrupt the cell once it has printed that text or updated an
        output to it."""
        message = self.client.session.msg(
            "execute_request",
            {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": allow_stdin},
            metadata=metadata,
        )
        self.client.shell_channel.send(message)
        messages: list[dict[str, Any]] = []
        again = 4
        is_interrupted = False
        while True:
            try:
                told = self.client.get_iopub_msg(timeout=15 if interrupt else 60)
            except Empty:
                # An interrupt before the wait begins is lost, like any Ctrl-C between two lines; a user presses it again.
                again -= 1
                if not interrupt or not again:
                    raise
                self.manager.interrupt_kernel()
                continue
            if told["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            messages.append(told)
            # The first display of an output may not have returned yet.
            is_update = told["msg_type"] == "update_display_data"
            text = told["content"]["data"]["text/plain"] if is_update else told["content"].get("text", "")
            if interrupt and interrupt in text and not is_interrupted:
                is_interrupted = True
                self.manager.interrupt_kernel()
            if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":
                return messages


def shown(messages: list[dict[str, Any]], *kinds: str) -> list[str]:
    """Return the plain texts of displays and results, and of the message types that are named besides."""
    kinds = ("display_data", "execute_result", *kinds)
    return [each["content"]["data"].get("text/plain", "") for each in messages if each["msg_type"] in kinds]
