from django.urls import path

from borgerlinje.console.guides.versions import acts, compare, page, settings, views

_ONE = "guider/<slug:slug>/"
_VERSION = f"{_ONE}udgave/<int:number>/"

urlpatterns = [
    path("guider/", views.guides, name="guides"),
    path("guider/godkend/", views.guide_queue, name="guide_queue"),
]

# After every other address of the guides: a slug would be taken for one of them. See `console.guides.urls`.
one_guide = [
    path(_ONE, page.guide, name="guide"),
    path(f"{_ONE}opsaetning/", settings.guide_settings, name="guide_settings"),
    path(f"{_ONE}sammenlign/", compare.guide_compare, name="guide_compare"),
    path(f"{_ONE}traek-tilbage/", acts.guide_withdraw, name="guide_withdraw"),
    path(f"{_ONE}fortryd/", acts.guide_undo, name="guide_undo"),
    path(f"{_VERSION}send/", acts.guide_send, name="guide_send"),
    path(f"{_VERSION}godkend/", acts.guide_approve, name="guide_approve"),
    path(f"{_VERSION}tilbage/", acts.guide_return, name="guide_return"),
    path(f"{_VERSION}kasser/", acts.guide_drop, name="guide_drop"),
    path(f"{_VERSION}gendan/", acts.guide_restore, name="guide_restore"),
]
