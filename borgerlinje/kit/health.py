"""What a load balancer, an orchestrator and Prometheus ask."""

import psycopg
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from borgerlinje.kit import metrics as product_metrics


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while this process lives."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests can be served: the database answers; else 503."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, psycopg.Error):
        return HttpResponse("database away\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the counters of every process of this home in Prometheus' text format."""
    del request
    body, content_type = product_metrics.page()
    return HttpResponse(body, content_type=content_type)
