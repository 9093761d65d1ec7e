"""The review console: the built files of api/console, and its one page for every address below /console/.

Names of assets hold a hash of their content, so browsers keep them for good; the page itself is asked for each time.
Scripts come from files of ours alone; styles also from the page, because the components make them as they are drawn.
"""

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.http.problems import language_of
from engine.errors import MingjianError

router = APIRouter(include_in_schema=False)
DIST = Path(__file__).resolve().parents[1] / "console" / "dist"
PAGE = "index.html"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
FOR_GOOD = "public, max-age=31536000, immutable"
EACH_TIME = "no-cache"
NOT_BUILT = 503
ASSET = re.compile(r"assets/[A-Za-z0-9_.-]+|[a-z0-9-]+\.(?:svg|png|ico|txt|webmanifest)")
KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


@router.get("/")
@router.get("/console")
def front() -> Response:
    """控制台 / To the console."""
    return RedirectResponse("/console/", status_code=307)


@router.get("/my")
def own_records() -> Response:
    """客户本人的记录 / To a customer's own records; browsers keep what stands behind the # of a link."""
    return RedirectResponse("/console/my", status_code=307)


@router.get("/console/{path:path}")
def console(path: Annotated[str, PathParameter(max_length=500)], request: Request) -> Response:
    """控制台的文件和页面 / A file of the console, or its page."""
    folder: Path = getattr(request.app.state, "console", DIST)
    page = folder / PAGE
    if not page.is_file():
        return HTMLResponse(_not_built(language_of(request)), status_code=NOT_BUILT, headers=_headers("no-store"))
    if not ASSET.fullmatch(path):
        return FileResponse(page, media_type="text/html; charset=utf-8", headers=_headers(EACH_TIME))
    file = folder / path
    if file.suffix not in KINDS or not file.is_file():
        raise MingjianError("path_unknown", path=request.url.path)
    headers = _headers(FOR_GOOD if path.startswith("assets/") else EACH_TIME)
    packed = file.with_name(f"{file.name}.gz")
    if packed.is_file():
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            file = packed
    return FileResponse(file, media_type=KINDS[path[path.rfind(".") :]], headers=headers)


def _headers(kept: str) -> dict[str, str]:
    return {"Content-Security-Policy": POLICY, "Cache-Control": kept}


@cache
def _not_built(language: str) -> str:
    said = (
        ("控制台还没有构建", "接口工作正常，但控制台的页面还没有构建。请在服务器上运行：", "接口说明")
        if language == "zh"
        else (
            "The console is not built",
            "The interface works, but the pages of the console were not built. Run on the server:",
            "Description of the interface",
        )
    )
    title, text, documents = said
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><meta charset="utf-8">'
        f"<title>{title}</title>"
        "<style>body{font:16px/1.6 system-ui,sans-serif;max-width:36em;margin:15vh auto;padding:0 1em;color:#1b2a33}"
        "code{background:#eef1f3;padding:.3em .6em;border-radius:4px}</style>"
        f"<h1>{title}</h1><p>{text}</p><p><code>scripts/setup.sh console</code></p>"
        f'<p><a href="/docs">{documents}</a></p></html>'
    )
