# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim2-flask with the library's storage in memory. Usage: scim2_flask_peer.py READY_FILE filters|no-filters SERVICE...

Each service is the first part of a path, such as /few/Users, and empty at first. POST /_copy/FROM/TO, which is ours, makes one like another.
Without filters the library answers each with 501.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys

from flask import Flask
from scim2_flask import ScimServer
from scim2_models import Filter, ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config
from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """Keeps connections open, as the proxy does."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The proxy remembers what was asked."""


def application(services: list[str], filters: bool) -> Flask:
    """A Flask application with these services."""
    app = Flask("peer")
    storages = {name: InMemoryStorage() for name in services}
    for name, storage in storages.items():
        config = load_default_service_provider_config()
        config.filter = Filter(supported=filters, max_results=1000)
        provider = ScimProvider.from_discovery(load_default_schemas().values(), load_default_resource_types().values(), config=config)
        ScimServer(storage, provider, app=app, url_prefix="/" + name, name=name)

    def copy(source: str, target: str) -> tuple[str, int]:
        storages[target].resources = [resource.model_copy(deep=True) for resource in storages[source].resources]
        return "", 204

    app.add_url_rule("/_copy/<source>/<target>", view_func=copy, methods=["POST"])
    return app


def main() -> None:
    """Serve until the process is ended."""
    ready, kind, *services = sys.argv[1:]
    server = make_server("127.0.0.1", 0, application(services, kind == "filters"), threaded=True, request_handler=Handler)
    new = pathlib.Path(ready + ".new")
    new.write_text(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}), encoding="utf-8")
    os.replace(new, ready)
    server.serve_forever()


if __name__ == "__main__":
    main()
