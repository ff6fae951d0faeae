"""The page of files, and a file's way into the store: looked at, brought in, taken back."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from yousaid.errors import InputError
from yousaid.ingest.column_map import ColumnMap, describe_map, parse_map, write_map
from yousaid.ingest.doubts import list_doubts
from yousaid.ingest.problems import PROBLEM_COLUMNS, describe_problems, make_problem_rows
from yousaid.ingest.tables import Table, open_table, take_rows
from yousaid.ingest.upload import describe_changed, try_out
from yousaid.jobs import (
    Job,
    discard_job,
    find_job,
    is_held,
    keep_file,
    list_jobs,
    read_progress,
    save_job,
    start_job,
    stop_job,
)
from yousaid.pipeline import guess_columns, recall_map
from yousaid.records import EVERYWHERE
from yousaid.store.layout import Store
from yousaid.store.query import get_uploads
from yousaid.store.snapshot import open_snapshot
from yousaid.store.write import undo_upload
from yousaid.web.address import read_keys
from yousaid.web.changing import changing
from yousaid.web.downloads import send_rows
from yousaid.web.presenters.data import (
    UploadRow,
    make_job_rows,
    make_progress,
    make_upload_rows,
    word_job,
)
from yousaid.web.presenters.mapping import (
    ROLES,
    keep_choices,
    make_mapping_form,
    read_mapping_form,
)
from yousaid.web.site import get_links, get_site

# Rows that are looked at before anything is brought in.
LOOKED_AT = 5000
SECONDS_TO_NEXT_LOOK = 3
_NO_COLUMNS = ColumnMap(texts=())


def show_data(request: Request, fault: str = "") -> Response:
    read_keys(request)
    site, links = get_site(request), get_links(request)
    with open_snapshot(site.store) as snapshot:
        uploads = get_uploads(site.scope, snapshot)
    jobs = [(job, is_held(job)) for job in list_jobs(site.store)] if site.can_change else []
    html = site.render(
        "data.jinja",
        links,
        current="data",
        uploads=make_upload_rows(uploads, links),
        jobs=make_job_rows(jobs, links),
        has_sample=site.sample is not None and not uploads,
        fault=fault,
    )
    return HTMLResponse(html, status_code=400 if fault else 200)


@changing
def receive_file(request: Request, form: FormData) -> Response:
    """Keep the file and go on to its page; the sample needs no looking at and starts at once."""
    site, links, now = get_site(request), get_links(request), datetime.now(UTC)
    if form.get("sample"):
        if site.sample is None:
            raise HTTPException(404)
        with site.sample.open("rb") as sample:
            job = keep_file(site.store, site.sample.name, sample, now=now)
        start_job(site.store, job)
        return _go(links.job(job.job_id))
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return show_data(request, "No file was chosen. Choose one, then send it.")
    try:
        job = keep_file(site.store, file.filename, file.file, now=now)
    except InputError as error:
        return show_data(request, str(error))
    return _go(links.job(job.job_id))


def show_job(request: Request) -> Response:
    is_still = bool(read_keys(request, "still")["still"])
    job = _find(request)
    response = _show_job(request, job, is_still=is_still)
    if not is_still and is_held(job):
        # Not in the page, where a reader could not turn it off: the page has a link that does.
        response.headers["Refresh"] = str(SECONDS_TO_NEXT_LOOK)
    return response


def _show_job(
    request: Request,
    job: Job,
    fault: str = "",
    written: Mapping[str, str] | None = None,
    *,
    is_still: bool = False,
) -> Response:
    site, links = get_site(request), get_links(request)
    is_run = is_held(job)
    values: dict[str, Any] = {
        "current": "data",
        "job": job,
        "is_run": is_run,
        "state_words": word_job(job, is_run=is_run),
        "fault": fault,
    }
    if is_run:
        values |= {
            "progress": make_progress(read_progress(job), time.time()),
            "is_still": is_still,
            "seconds": SECONDS_TO_NEXT_LOOK,
        }
    elif job.state != "done":
        values |= _look_at(request, job, written)
    html = site.render("job.jinja", links, **values)
    return HTMLResponse(html, status_code=400 if fault else 200)


def _look_at(request: Request, job: Job, written: Mapping[str, str] | None) -> dict[str, Any]:
    """What is in the file, what its columns are taken for, and what would come of that; the form as
    it was `written` where it has to be sent again."""
    try:
        table = open_table(str(job.path), job.sheet)
        sample = next(table.batches(LOOKED_AT), [])
    except InputError as error:
        return {"cannot_read": str(error)}
    found = _get_map(get_site(request).store, job, table)
    form = make_mapping_form(table.columns, sample, found)
    return {
        "sheet": table.sheet,
        "form": keep_choices(form, written) if written else form,
        "roles": ROLES,
        "checked": _try_out(table, found) if found.texts else None,
    }


def _get_map(store: Store, job: Job, table: Table) -> ColumnMap:
    if job.column_map is not None:
        return parse_map(job.column_map, job.file_name)
    try:
        return recall_map(table, store) or guess_columns(table)
    except InputError:
        return _NO_COLUMNS


def _try_out(table: Table, column_map: ColumnMap) -> dict[str, Any]:
    """What the first rows would be: nothing is stored."""
    today = datetime.now(UTC).date()
    try:
        with try_out(take_rows(table, LOOKED_AT), column_map, today) as upload:
            upload.mask_all()
            return {
                "sentence": describe_map(column_map),
                "response_count": upload.response_count,
                "comment_count": upload.comment_count,
                "blank_count": upload.blank_count,
                "changes": describe_changed(upload),
                "doubts": list_doubts(upload, today),
                "problems": describe_problems(upload.problem_kinds()),
                "stops": column_map.on_bad_date == "stop",
            }
    except InputError as error:
        return {"fault": str(error)}


def send_problems(request: Request) -> Response:
    """Every problem of a file that is on its way, by row and column and never what a cell holds."""
    read_keys(request)
    site, job = get_site(request), _find(request)
    if job.state == "done" or is_held(job):
        raise HTTPException(404)
    try:
        table = open_table(str(job.path), job.sheet)
        column_map = _get_map(site.store, job, table)
        with try_out(table, column_map, datetime.now(UTC).date()) as upload:
            rows = [list(make_problem_rows(upload.problems()))]
            return send_rows(request, "problems.csv", PROBLEM_COLUMNS, rows)
    except InputError as error:
        return _show_job(request, job, str(error))


@changing
def change_job(request: Request, form: FormData) -> Response:
    """What a button of a job's page does."""
    site, links, job = get_site(request), get_links(request), _find(request)
    action = form.get("action")
    if action == "stop":
        stop_job(job)
        return _go(links.job(job.job_id))
    if is_held(job):
        return _show_job(request, job, "It is being brought in. Stop it first.")
    if action == "discard":
        discard_job(job)
        return _go(links.data())
    if job.state == "done" or action not in ("look", "start"):
        raise HTTPException(404)
    return _take_form(site.store, request, job, form, is_start=action == "start")


def _take_form(
    store: Store, request: Request, job: Job, form: FormData, *, is_start: bool
) -> Response:
    written = {key: value for key, value in form.items() if isinstance(value, str)}
    if written.get("sheet") and written["sheet"] != job.sheet:
        # Another sheet has other columns.
        job = replace(job, sheet=written["sheet"], column_map=None)
        save_job(job)
        return _go(get_links(request).job(job.job_id))
    try:
        table = open_table(str(job.path), job.sheet)
        found = read_mapping_form(written, table.columns)
    except InputError as error:
        return _show_job(request, job, str(error), written)
    job = replace(job, column_map=write_map(found), state="waiting", said=())
    save_job(job)
    if is_start:
        try:
            start_job(store, job)
        except InputError as error:
            return _show_job(request, job, str(error))
    return _go(get_links(request).job(job.job_id))


def show_undo(request: Request) -> Response:
    read_keys(request)
    site = get_site(request)
    if not site.can_change:
        raise HTTPException(403)
    row = _find_upload(request)
    return HTMLResponse(site.render("undo.jinja", get_links(request), current="data", upload=row))


def _find_upload(request: Request) -> UploadRow:
    links = get_links(request)
    with open_snapshot(get_site(request).store) as snapshot:
        # Taken back whole, so counted whole.
        rows = make_upload_rows(get_uploads(EVERYWHERE, snapshot), links)
    asked = links.undo(request.path_params["upload"])
    row = next((row for row in rows if row.undo_href == asked), None)
    if row is None:
        raise HTTPException(404)
    return row


@changing
def undo(request: Request, _: FormData) -> Response:
    _find_upload(request)
    undo_upload(get_site(request).store, request.path_params["upload"], now=datetime.now(UTC))
    return _go(get_links(request).data())


def _find(request: Request) -> Job:
    site = get_site(request)
    job = find_job(site.store, request.path_params["job"]) if site.can_change else None
    if job is None:
        raise HTTPException(404)
    return job


def _go(address: str) -> Response:
    # So that a page that is loaded again does not send its form again.
    return RedirectResponse(address, status_code=303)


PAGES = (
    ("/data", show_data),
    ("/data/jobs/{job}", show_job),
    ("/data/jobs/{job}/problems.csv", send_problems),
    ("/data/undo/{upload}", show_undo),
)
CHANGES = (
    ("/data", receive_file),
    ("/data/jobs/{job}", change_job),
    ("/data/undo/{upload}", undo),
)
