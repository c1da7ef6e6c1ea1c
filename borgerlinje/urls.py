"""Every address of the product; each view says on its own line who may use it."""

from django.urls import include, path
from django.views.i18n import set_language

from borgerlinje.kit import health
from borgerlinje.staff.permission import public

handler400 = "borgerlinje.kit.error_pages.bad_request"
handler403 = "borgerlinje.kit.error_pages.forbidden"
handler404 = "borgerlinje.kit.error_pages.not_found"
handler500 = "borgerlinje.kit.error_pages.server_error"

urlpatterns = [
    path("healthz", public(health.healthz), name="healthz"),
    path("readyz", public(health.readyz), name="readyz"),
    path("metrics", public(health.metrics), name="metrics"),
    path("sprog/", public(set_language), name="set_language"),
    path("konto/", include("allauth.urls")),
    path("velkommen/", include("borgerlinje.staff.urls")),
    path("bord/", include("borgerlinje.desk.urls")),
    path("konsol/", include("borgerlinje.console.urls")),
    path("", include("borgerlinje.portal.urls")),
]
