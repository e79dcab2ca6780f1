"""The application: pages, API and static files behind one guard."""

from __future__ import annotations

import secrets
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from pipeline.errors import UserError
from pipeline.web import api, findings, overview, records, sql
from pipeline.web.guard import LOOPBACK, Guard
from pipeline.web.site import NotPublished, Site
from schemas.version import VERSION

STATIC = Path(__file__).parent / "static"
OPENAPI = "/api/openapi.json"


def create_app(output: Path, token: str | None = None) -> FastAPI:
    """The page over one published folder; with a token, only for those who know it."""
    site = Site(output)
    app = FastAPI(
        title="jixiao 绩效",
        version=VERSION,
        description="绩效自评数据的只读接口；金额为万元，百分比为百分点。",
        openapi_url=OPENAPI,
        docs_url=None,  # both pages load scripts from elsewhere
        redoc_url=None,
    )
    for module in (overview, findings, records, sql, api):
        app.include_router(module.routes(site))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, token=token)
    _explain_errors(app, site)
    return app


def serve(output: Path, host: str, port: int, token: str | None) -> None:
    """Serve until interrupted; other addresses than this machine's own need a token."""
    import uvicorn

    if host not in LOOPBACK and token is None:
        token = secrets.token_urlsafe(24)
    app = create_app(output, token)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
    print(f"请在浏览器中打开 {address}\n按 Ctrl+C 结束", flush=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def _explain_errors(app: FastAPI, site: Site) -> None:
    def explained(request: Request, message: str, status: int) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": message}, status)
        return site.page(request, "error.html", status, message=message)

    @app.exception_handler(UserError)
    def wrong_use(request: Request, error: UserError) -> Response:
        status = 404 if isinstance(error, NotPublished) else 400
        return explained(request, str(error), status)

    @app.exception_handler(RequestValidationError)
    def wrong_parameter(request: Request, error: RequestValidationError) -> Response:
        names = "、".join(str(each["loc"][-1]) for each in error.errors())
        return explained(request, f"参数不对：{names}", 400)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        message = "没有这个网页" if error.status_code == 404 else str(error.detail)
        return explained(request, message, error.status_code)
