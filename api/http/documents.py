"""The interface's own description: the OpenAPI document, and a page of it that needs nothing from elsewhere."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.responses import HTMLResponse, JSONResponse, Response

router = APIRouter(tags=["文档 / documents"])
TEMPLATES = Path(__file__).parent / "templates"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@router.get("/openapi.json", response_class=JSONResponse)
def document(request: Request) -> Response:
    """OpenAPI 3.1 文档 / The OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", response_class=HTMLResponse)
def page(request: Request) -> Response:
    """接口说明页 / The description as a page."""
    html = _template().render(api=request.app.openapi(), groups=_groups(request.app.openapi()))
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True), trim_blocks=True
    )
    return environment.get_template("documents.html")


def _groups(api: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by their tag, in the order of the document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in api["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                one = {**operation, "path": path, "method": method.upper()}
                groups.setdefault(operation.get("tags", ["-"])[0], []).append(one)
    return groups
